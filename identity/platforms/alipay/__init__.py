"""Alipay (支付宝): login, certified real name and face certification of a mini-program."""
