"""What letters and documents speak of, loaded when they are written.

    attendance_list   who is coming, and why each line says so       call_list   whom a champion has still to call
    particulars       what a letter speaks of beside person and meeting   readiness   what a meeting still lacks
    enclosures        documents as PDF                               post        letters for people without e-mail
    activity          the yearly report: values, text, PDF

Promises: reads only; changes nothing.
"""
