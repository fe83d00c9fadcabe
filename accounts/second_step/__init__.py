"""A second step at sign-in: a code that an app on one's phone shows (TOTP), or one of a list kept in a drawer.

models.py   SecondStep, RecoveryCode
codes.py    turn on, check, turn off: each code once, and tries slowly
"""
