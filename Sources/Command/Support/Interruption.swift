import Foundation

/// Ctrl-C while training: what is finished is on disk already, so the process just says so and ends.
enum Interruption {
  /// From now on Ctrl-C ends the process with status 130.
  static func endsProcess() {
    // Whoever started this process may have kept the signal from its own thread, and so from this one.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      // Nothing but system calls may be made in here.
      let note: StaticString = "\nInterrupted. Finished epochs are kept.\n"
      _ = note.withUTF8Buffer { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      _exit(130)
    }
  }
}
