//! Tells systemd when the service is up and when it stops (sd_notify(3), `Type=notify`): one datagram to the socket that
//! `NOTIFY_SOCKET` names. Without that variable nobody is told.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Sends `READY=1` and its like.
pub(super) fn notify(state: &str) {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET").filter(|path| !path.is_empty()) else { return };
    let sent = || -> std::io::Result<usize> {
        let address = match path.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(&path)?,
        };
        UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)
    };
    if let Err(cause) = sent() {
        tracing::warn!(%cause, state, "systemd could not be told");
    }
}
