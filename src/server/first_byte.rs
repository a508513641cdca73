//! The first bytes of a connection, which must come soon: HTTP's own time-outs begin once these have told which version
//! is spoken.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// As many bytes as tell HTTP/2 from HTTP/1 (RFC 9113 section 3.4).
const TELLING: usize = 24;

/// Accepts as another does, and hurries what was accepted.
#[derive(Clone)]
pub(super) struct Hurrying<A> {
    acceptor: A,
    patience: Duration,
}

impl<A> Hurrying<A> {
    pub(super) fn new(acceptor: A, patience: Duration) -> Self {
        Self { acceptor, patience }
    }
}

impl<A, I, S> Accept<I, S> for Hurrying<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Hurried<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepting, patience) = (self.acceptor.accept(stream, service), self.patience);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            Ok((Hurried { stream, awaited: Some((TELLING, Box::pin(tokio::time::sleep(patience)))) }, service))
        })
    }
}

/// A stream that fails where its first bytes are late.
pub(super) struct Hurried<S> {
    stream: S,
    /// How many are awaited still, and until when.
    awaited: Option<(usize, Pin<Box<Sleep>>)>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Hurried<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some((left, deadline)) = &mut self.awaited else { return read };
        if read.is_pending() {
            ready!(deadline.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        *left = left.saturating_sub(buffer.filled().len() - before);
        if *left == 0 {
            self.awaited = None;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Hurried<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
