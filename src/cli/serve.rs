//! `klarstelle serve`: the service, and the index that follows the store.

use anyhow::Context;
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::context::{lock, open_store, place};
use crate::{
    api::{self, App, Service},
    config::Settings,
    indexer::{self, SharedIndex},
    lookup::Lookup,
    store::Store,
    web,
};

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<String>,
}

pub(super) async fn serve(settings: &Settings, _: &ServeArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let _lock = lock(settings, "serve")?;
    let listener = listen(settings).await?;
    println!("Klarstelle listens on http://{}", listener.local_addr()?);
    run(settings, store, listener, stop_signal()?).await
}

pub(super) async fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let address = settings.server.listen;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// Serves until told to stop; then lets requests under way finish, and the index catch up.
pub(super) async fn run(
    settings: &Settings,
    store: Store,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    api::install_panic_hook();
    let index = SharedIndex::open(&place(settings)).context("cannot open the index")?;
    let lookup = Lookup::new(store.clone(), index.clone());
    let app = App::new(store.clone(), lookup, settings);
    let following = tokio::spawn(indexer::follow(store, index, stop.clone()));
    let routes = api::routes(&app).into_iter().chain(web::routes(&app)).collect();
    let service = Service::new(&app, routes, &settings.server).with_pages(web::failure_page);
    api::serve(listener, service, &settings.server, stop).await;
    following.await?;
    Ok(())
}

/// True once SIGTERM or Ctrl-C came.
pub(super) fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (tell, told) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = tell.send(true);
    });
    Ok(told)
}
