"""Words and phrases that the training texts are made of: the lexicon of `text.py`'s grammar, nothing more."""

from __future__ import annotations

SUBJECTS = (
    "I|you|we|they|he|she|it|the captain|my brother|the old woman|our teacher|a young girl|the blacksmith|the doctor|"
    "that merchant|the king|my friend|the farmer|everyone|the guard|this machine|the weather report|your assistant|"
    "a stranger|the whole village|the engineer|my little sister|the boy next door|no one|the pilot"
).split("|")
VERBS = "wanted to|tried to|had to|decided to|refused to|hoped to|was going to|would like to|might|will never".split(
    "|"
)
ACTIONS = (
    "cross the river|find the hidden treasure|open the heavy gate|sing a quiet song|fix the broken wheel|"
    "buy fresh bread and cheese|leave before sunrise|talk about the war|watch the bright stars|catch a big fish|"
    "visit the museum downtown|write a long letter|play chess with us|drink some cold water|hide behind the wall|"
    "choose a better name|measure the length of the bridge|enjoy the beautiful music|join the royal army|"
    "push the boat into the lake|answer every question|measure his own height|learn how to use magic|"
    "reach the top of the mountain|pay twenty five dollars|teach the children to read|check the schedule again|"
    "send you an email|change the password|take a short break|explain the whole idea|cook dinner for two|"
    "call the office back|draw a blue house|pull the thick rope|ask about the weather|finish the job by Friday|"
    "breathe slowly|wash the dishes|feed the horses|remember that voice|borrow your umbrella"
).split("|")
TAILS = (
    "yesterday|last night|in the morning|without any help|because of the storm|with great pleasure|near the church|"
    "after the party|for the first time|as soon as possible|at the edge of the forest|under the yellow moon|"
    "during the winter|like a thief|every single day|on Thursday|before the judge arrived|in about an hour|"
    "while the others were asleep|next week|at the airport|with both hands|in the kitchen|once more|by train"
).split("|")
OPENERS = (
    "Well,|Oh no,|Listen,|Yes,|Honestly,|Look,|My dear friend,|Of course,|Wait,|Hello,|"
    "Good evening,|Please,|Sorry, but|"
    "Sure,|Thank you,|You know,|After all,|Maybe|Okay,|Right,|Actually,|No,|Hmm,|Great,|In short,|First,|Then|Finally,"
).split("|")
QUESTIONS = (
    "Do you know why {s} {v} {a}?|What happened when {s} {v} {a}?|Could you {a} {t}?|Why should we {a}?|"
    "Where can I {a}?|Who told you to {a} {t}?|Is it true that {s} {v} {a}?|Shall we {a}?|Can you {a}?|Did you {a}?"
).split("|")
EXCLAMATIONS = (
    "What a wonderful day to {a}!|I cannot believe that {s} {v} {a}!|Hurry up and {a}!|Never {a} {t}!|"
    "How dare you {a}!|Let's {a}!|Please {a}!"
).split("|")
CHAT = (
    "Yes.|No.|Okay.|Sure!|Sure thing.|Of course!|Hello.|Hello!|Hi there!|Hey!|Good morning.|Good night.|Goodbye!|"
    "Thank you.|Thanks!|You're welcome.|Sorry.|I'm sorry.|Excuse me.|I see.|Got it.|Right.|All right.|Really?|Why?|"
    "What?|Who is it?|How are you?|I'm fine.|Not yet.|Maybe.|Maybe later.|Let me think.|Let me check.|Just a moment.|"
    "One second.|Here we go.|That's great!|That's right.|That's a good question.|Good idea!|Well done!|Wow!|Oh!|"
    "Oh really?|Never mind.|No problem.|It depends.|I don't know.|I think so.|I hope so.|I agree.|Absolutely!|"
    "Exactly.|Almost.|Be careful!|Watch out!|Come here.|Follow me.|Wait here.|Stop!|Go on.|Tell me more.|"
    "What's new?|See you soon.|See you tomorrow.|Take care.|Have a nice day!|Happy birthday!|Congratulations!|"
    "How can I help you?|What would you like?|Is that all?|Anything else?|Here is the answer.|Here's what I found.|"
    "It is raining.|It's sunny today.|It is ten o'clock.|Let's go.|Let's begin.|You're right.|"
    "I love it.|My name is Lin.|"
    "My name is Sam.|I can do that.|I can't do that.|As you wish.|On my way.|Done.|Finished.|Nice to meet you.|"
    "Long time no see.|Good luck!|Cheers!|Enjoy!|Welcome back.|Welcome!|Ready?|Are you sure?|Who knows?"
).split("|")
UNITS = (
    "dollars|cents|percent|degrees|miles|kilometers|meters|minutes|hours|seconds|days|weeks|years|people|pages|"
    "kilograms|pounds|liters|euros|points|times|apples|feet|inches|watts"
).split("|")
MONTHS = (
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday"
).split()
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth twelfth twentieth thirtieth".split()
MANDARIN = (
    "我们|今天|他说|如果|因为|所以|你好|谢谢你|这个|什么时候|可以|我觉得|非常|一起|明天早上|对不起|没关系|请问|为什么|当然|那么|"
    "其实|但是|已经|大家|朋友|老师|孩子们|喜欢|知道|真的吗|太好了|小心|快点|别怕|你在哪里|天气|真不错|我是|你呢|他们的|我的名字|"
    "是的|不是|好的|没问题|等一下|让我想想|再见|晚上好|早上好|很高兴认识你|多少钱|一百二十三|三点十四分|二零二六年|百分之二十|"
    "两千五百|公里|医院|学校|吃饭|喝水|电脑|手机|音乐|故事|告诉我|怎么办|怎么样|加油|恭喜你|出去|走吧|我们走|慢慢来|不知道|"
    "有意思|了不起|一点儿|下雨了|九月八号|星期三|左边|右边|里面|外面|妈妈|爸爸|弟弟|妹妹|东西|漂亮|先生|女士|现在|以后|听说"
).split("|")
