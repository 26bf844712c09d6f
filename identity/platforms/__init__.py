"""The systems outside, over real HTTP: login platforms (WeChat, Alipay) and the state's registries of people."""
