//! Fingerprints of findings: what an approval names.

use ring::digest;

/// Bytes of the hash that a fingerprint keeps. Approvals are few, and a person types them.
const LENGTH: usize = 6;

/// Twelve hexadecimal digits of `parts`. Only what says which finding it is belongs into `parts`: no line
/// numbers, no offsets.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let hash = digest::digest(&digest::SHA256, parts.join("\n").as_bytes());
    hash.as_ref()[..LENGTH]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_stay_the_same_in_all_versions_of_evctl() {
        // Approval files in repositories hold them.
        assert_eq!(fingerprint(&["removed", "orders.avsc"]), "41154ad805aa");
        assert_ne!(fingerprint(&["a"]), fingerprint(&["b"]));
    }
}
