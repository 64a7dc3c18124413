"""Parse: the bytes of a mail → values, by the RFCs and by what is really sent.

Promises: pure functions; nothing here raises; size, depth and time are limited; what is broken becomes a defect in words.
message.py reads the mail once (RFC 5322), parts.py its parts (RFC 2045-2047), with charset.py and addresses.py, after bulk.py has
left out what is large and never read; lines.py, text.py and html.py find the words a person wrote now; itip.py reads calendar parts
(RFC 5545, 5546, 6047) with zones.py, and tnef.py the answers in winmail.dat; dsn.py and ses.py read delivery reports (RFC 3464) into
the values of report.py, and reasons.py says what they mean (RFC 3463); automatic.py knows mail that no person wrote (RFC 3834);
authentication.py reads what our own server found out about the sender (RFC 8601). quoting.toml, automatic.toml and reports.toml hold the words.
vcard.py reads address cards (RFC 2426, RFC 6350).
Nothing here knows meetings or people: what a message means for us is the next stage's (mailer.understand).
"""
