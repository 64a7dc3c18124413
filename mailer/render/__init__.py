"""Render: the facts of one mail → ready bytes. Values in, values out; the same facts always give the same bytes.

`letters` reads and checks the letter files once, and writes one of them for one person; `markup` is how a letter file is written,
`view` what it may speak of, `grammar` what may stand between its braces, `phrases` the service's own words and dates in four
languages, `noted` what was noted of an answer. `calendar` writes the calendar object, `zones` its VTIMEZONE, and `preflight` reads it again
before it may leave.
`message` puts it all into one mail with its header fields; `outgoing` holds the values that come in and go out.

Promises: no value from outside can add a header field, a content line or markup; a letter cannot run code or run for long;
a mail that would come out wrong is not made: `MailerError` says why, and the caller holds it for a person.
"""
