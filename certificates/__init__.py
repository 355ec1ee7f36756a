"""The certificates room: rendering, freezing, giving out and checking certificates.

It stands on `courses` and the kernel; providers bring designs by the hook
`lms_certificate_designs`.
"""
