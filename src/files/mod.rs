//! Files of records: capture files, compressed or not.
