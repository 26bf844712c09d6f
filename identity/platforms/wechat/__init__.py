"""WeChat (微信): login, phone number and face verification 2.0 of a mini-program."""
