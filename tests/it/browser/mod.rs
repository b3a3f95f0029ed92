//! Stories in a real browser, and every page looked at: by axe-core, at three sizes, and as pictures for people.

mod actor;
mod checker;
mod confirming;
mod counting;
mod day;
mod furniture;
mod gallery;
mod keys;
mod live;
mod pages;
mod power;
mod preparation;
mod reading;
mod shares;
mod stories;
mod walk;
mod work;
mod workbook;

use tokio::net::TcpListener;

use crate::site::Site;

pub use actor::{Browser, DESKTOP, NARROW, TABLET, ZOOMED};

/// Lets the service answer at an address of this machine, until the story ends.
pub async fn serve(site: &Site) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let address = format!("http://{}", listener.local_addr().expect("address"));
    let service = site.router().into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Tells a story; which database lies under the pages makes no difference to a browser.
pub fn in_browser<S: Future<Output = ()>>(story: S) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(story);
}
