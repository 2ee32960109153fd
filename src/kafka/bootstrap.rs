//! The bootstrap list as people write it. Knows nothing of DNS or sockets.

use std::net::Ipv6Addr;

use super::security::SecurityProtocol;
use crate::redact::{MASK, without_password};

/// Kafka's registered port, taken when none is given.
const DEFAULT_PORT: u16 = 9092;

/// A broker that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broker {item:?}: {reason}")]
pub struct BadBroker {
    item: String,
    reason: &'static str,
}

/// Reads `host`, `host:port`, `[::1]:9092`, `::1`, each with or without `SSL://` and the like.
/// Items may hold several brokers, separated by commas; empty ones are passed over.
///
/// The brokers come back as `host:port` (`[address]:port` for IPv6), the protocol when they name
/// one.
pub(super) fn parse(
    items: &[String],
) -> Result<(Vec<String>, Option<SecurityProtocol>), BadBroker> {
    let mut brokers = Vec::new();
    let mut agreed = None;
    for item in items.iter().flat_map(|list| list.split(',')) {
        let item = item.trim();
        if item.is_empty() {
            continue;
        }
        let bad = |reason| BadBroker {
            item: shown(item, items),
            reason,
        };
        let address = match item.split_once("://") {
            None => item,
            Some((scheme, address)) => {
                let protocol = SecurityProtocol::parse(scheme).ok_or_else(|| {
                    bad("before \"://\" stands PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")
                })?;
                if agreed.is_some_and(|agreed| agreed != protocol) {
                    return Err(bad("brokers of one cluster are reached by one protocol"));
                }
                agreed = Some(protocol);
                address
            }
        };
        brokers.push(host_and_port(address).map_err(bad)?);
    }
    Ok((brokers, agreed))
}

/// An item as an error may show it. A login before a broker is a mistake, and its password may hold
/// commas: then it begins in an item before the one with the `@`.
fn shown(item: &str, items: &[String]) -> String {
    let is_cut = !item.contains('@') && items.iter().any(|item| item.contains('@'));
    match item.rsplit_once(':') {
        Some((start, _)) if is_cut => format!("{start}:{MASK}"),
        _ => without_password(item),
    }
}

fn host_and_port(address: &str) -> Result<String, &'static str> {
    if address.parse::<Ipv6Addr>().is_ok() {
        return Ok(format!("[{address}]:{DEFAULT_PORT}"));
    }
    let (host, port) = if let Some(rest) = address.strip_prefix('[') {
        let (inner, rest) = rest.split_once(']').ok_or("\"[\" is never closed")?;
        if inner.parse::<Ipv6Addr>().is_err() {
            return Err("between \"[\" and \"]\" stands no IPv6 address");
        }
        let port = match rest {
            "" => None,
            _ => Some(
                rest.strip_prefix(':')
                    .ok_or("after \"]\" stands no \":\"")?,
            ),
        };
        (&address[..inner.len() + 2], port)
    } else {
        match address.split_once(':') {
            None => (address, None),
            Some((host, port)) => (host, Some(port)),
        }
    };
    let strange = |character: char| character.is_whitespace() || "/@\"'\\".contains(character);
    if host.is_empty() || host.contains(strange) {
        return Err("it has no host name that could be looked up");
    }
    let port = match port {
        None => DEFAULT_PORT,
        Some(text) => match text.parse() {
            Ok(port) if port > 0 => port,
            _ => return Err("the port is not a number from 1 to 65535"),
        },
    };
    Ok(format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brokers(list: &str) -> Result<Vec<String>, String> {
        parse(&[list.to_owned()])
            .map(|(brokers, _)| brokers)
            .map_err(|bad| bad.to_string())
    }

    #[test]
    fn brokers_are_read_in_every_usual_form() {
        for (typed, meant) in [
            ("kafka", "kafka:9092"),
            ("kafka:9093", "kafka:9093"),
            (" kafka:9093 ", "kafka:9093"),
            ("127.0.0.1", "127.0.0.1:9092"),
            ("[::1]:9094", "[::1]:9094"),
            ("[::1]", "[::1]:9092"),
            ("::1", "[::1]:9092"),
            ("PLAINTEXT://kafka:1", "kafka:1"),
            ("ssl://[fe80::1]:9094", "[fe80::1]:9094"),
        ] {
            assert_eq!(brokers(typed), Ok(vec![meant.to_owned()]), "{typed}");
        }
        assert_eq!(
            brokers("a:1, b:2,,c,"),
            Ok(vec!["a:1".into(), "b:2".into(), "c:9092".into()])
        );
        assert_eq!(brokers(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_broker_is_named() {
        for bad in [
            ":9092",
            "kafka:",
            "kafka:0",
            "kafka:65536",
            "kafka:http",
            "a b:1",
            "[::1",
            "[::1]9092",
            "[kafka]:1",
            "http://kafka:1",
            "kafka:1:2",
            "kafka/orders",
            "SSL://",
            "me@kafka:1",
        ] {
            let error = brokers(&format!("good:1,{bad}")).unwrap_err();
            assert!(error.contains(&format!("{bad:?}")), "{error}");
        }
    }

    #[test]
    fn an_error_never_holds_a_password() {
        for (list, shown) in [
            ("me:hunter2@kafka:1", "me:***@kafka:1"),
            ("SSL://me:hunter2@kafka:1", "SSL://me:***@kafka:1"),
            ("sll://me:hunter2@kafka:1", "sll://me:***@kafka:1"),
            ("me:hunter2,x@kafka:1", "me:***"),
        ] {
            let error = brokers(list).unwrap_err();
            assert!(error.contains(&format!("{shown:?}")), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_list_has_one_protocol() {
        let parse = |list: &str| parse(&[list.to_owned()]);
        assert_eq!(
            parse("SSL://a,SSL://b").unwrap().1,
            Some(SecurityProtocol::Ssl)
        );
        assert_eq!(
            parse("a,sasl_ssl://b").unwrap().1,
            Some(SecurityProtocol::SaslSsl)
        );
        assert_eq!(parse("a,b").unwrap().1, None);
        assert!(parse("SSL://a,PLAINTEXT://b").is_err());
    }
}
