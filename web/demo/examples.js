/** What a newcomer may try first: the label of the button and its text. */
export const EXAMPLES = [
  {
    label: "English",
    text:
      "[happy] Hi, I'm Dulcet! I begin to speak while your chatbot is still thinking about the rest. " +
      "[whisper] And I can keep a secret.",
  },
  {
    label: "中文",
    text:
      "[happy] 你好，我是 Dulcet！你的聊天机器人还在打字，我已经开口说话了。" +
      "[gentle] 想让我停下来，随时打断我就好。",
  },
  {
    label: "Mixed 混合",
    text: "[happy] Hello, 今天天气真不错! Let's go [whisper:0.8] outside. It cost $3.14, about 20%.",
  },
  {
    label: "Numbers",
    text:
      "Your train leaves on March 3rd at 14:30 from platform 9. It takes 2.5 hours and costs $48.20. " +
      "全程 180 公里，票价 ￥345。",
  },
  {
    label: "A story",
    text:
      "[calm] The lighthouse had been dark for forty years. [sad] Nobody climbed the stairs any more. " +
      "[surprised] Then, one night, the lamp was burning! [serious] And at the window stood a man " +
      "whom everybody knew.",
  },
];
