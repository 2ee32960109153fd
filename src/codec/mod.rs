//! Bytes to text and back: the record JSON form, CSV, templates, other tools' JSON.
