// A rule to begin with; it counts and changes nothing until its mode says so.
export const kExample = `[[rule]]
id = "contract"
description = "Contract number"
patterns = ['\\bCT-(?P<value>[0-9]{8})\\b']
mode = "shadow"
matches = ["my contract CT-12345678"]
ignores = ["CT-1234"]
`;
