//! Where to serve: `:9308` (every interface), `127.0.0.1:9308`, `[::1]:9308`, `monitoring:9308`.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    str::FromStr,
};

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A name, an address without its brackets, or `None` for every interface.
    host: Option<String>,
    /// 0 lets the system choose.
    port: u16,
}

/// A text that is no such address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address to serve on: write :9308, 127.0.0.1:9308 or [::1]:9308")]
pub struct AddressError(String);

impl Address {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the name does not resolve, the port is taken, or the address is not this machine's.
    pub(super) fn listen(&self) -> io::Result<TcpListener> {
        if let Some(host) = &self.host {
            return TcpListener::bind((host.as_str(), self.port));
        }
        // The IPv6 wildcard takes IPv4, too, unless the system was told otherwise. Where there is
        // no IPv6 at all, IPv4 is every interface; a port that is taken is taken in both.
        match TcpListener::bind((Ipv6Addr::UNSPECIFIED, self.port)) {
            Err(error)
                if !matches!(
                    error.kind(),
                    ErrorKind::AddrInUse | ErrorKind::PermissionDenied
                ) =>
            {
                TcpListener::bind((Ipv4Addr::UNSPECIFIED, self.port))
            }
            listener => listener,
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let port = port.parse().map_err(|_| wrong())?;
        let bracketed = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let host = match (host, bracketed) {
            ("", _) => None,
            (_, Some(address)) => {
                let _: Ipv6Addr = address.parse().map_err(|_| wrong())?;
                Some(address.to_owned())
            }
            // A colon: IPv6 without brackets, of which nobody knows where the port begins, or a URL.
            (name, None) if name.contains([':', '[', ']', '/', ' ']) => return Err(wrong()),
            (name, None) => Some(name.to_owned()),
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_deref() {
            None => write!(out, ":{}", self.port),
            Some(host) if host.contains(':') => write!(out, "[{host}]:{}", self.port),
            Some(host) => write!(out, "{host}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_back() {
        for text in [":9308", "127.0.0.1:9308", "[::1]:80", "monitoring:0"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_says_how_to_write_one() {
        for text in [
            "",
            "9308",
            ":",
            "host:",
            ":65536",
            ":+80",
            "::1:9308",
            "[::1]",
            "[]:9308",
            "[host]:9308",
            "http://host:9308",
            "a b:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        assert_eq!(
            "9308".parse::<Address>().unwrap_err().to_string(),
            "\"9308\" is not an address to serve on: write :9308, 127.0.0.1:9308 or [::1]:9308"
        );
    }

    #[test]
    fn a_port_alone_listens_on_every_interface() {
        let address: Address = ":0".parse().unwrap();
        let bound = address.listen().unwrap().local_addr().unwrap();
        assert!(bound.ip().is_unspecified());
        assert_ne!(bound.port(), 0);
    }

    #[test]
    fn a_port_that_is_taken_is_not_shared() {
        let taken = Address::from_str(":0").unwrap().listen().unwrap();
        let port = taken.local_addr().unwrap().port();
        let again = Address { host: None, port }.listen().unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AddrInUse);
    }
}
