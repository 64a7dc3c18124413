"""Documents to lay on the table: values → PDF bytes. Pure; the same values and the same instant give the same bytes.

    sheets      what each document is made of: attendees, calls, plan lines, letters
    documents   one function a document: sign-in sheet, name badges, table tents, agenda, checklist, call list, plan, …
    order       who stands where on a list: by organisation, by family name
    labels      the sizes of label sheets that shops sell
    lettering   which characters the fonts have; what cannot be printed is named, never left to be a box
    typesetter  a layout and its data → a PDF; the only door to the typesetting library
    outline     plain text that a convener edits (agenda, checklist, summary) → lines;  outlines/  those that come with the program
    words       the words of documents by language
    layouts/    the layouts (*.typ) and their words by language (words/*.toml);  fonts/  the letters of the world, with their licences

Promises: every document is PDF/UA-1 (tagged, titled, its language named); every character of a name is there or is reported.
Never:    loads the typesetting library before something is printed. Fails: NotPrintable, a MailerError.
"""
