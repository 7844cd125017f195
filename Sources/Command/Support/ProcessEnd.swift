import Foundation
import Tanren

/// Ends the process when standard output cannot be written, such as on a full disk or to a closed pipe. Going on would
/// lose output and still report success. Finished work is on disk already.
enum LostOutput {
  /// From now on the first failed write to standard output ends the process with status 1.
  static func endsProcess() {
    // A file opened later must not get the descriptor of a closed stream, and with it the text written there.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // Opened for the wrong direction, so that using it remains an error.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
    // A closed pipe is an error like any other. Child processes do not inherit a handler.
    signal(SIGPIPE) { _ in }
    Terminal.outputIsLost { end($0) }
  }

  /// Some file systems report a full disk only when a file is closed.
  static func check() {
    guard close(STDOUT_FILENO) != 0, errno != EBADF else { return }
    end(errno)
  }

  private static func end(_ code: Int32) {
    let reason = code == EPIPE ? "it was closed before all output was written" : String(cString: strerror(code))
    Terminal.current(.standardError).write("Error: can't write to standard output: \(reason)\n")
    _exit(Outcome.failure)
  }
}

/// Ctrl-C while training: finished work is on disk already, so the process says so and ends.
enum Interruption {
  /// From now on Ctrl-C ends the process with status 130.
  static func endsProcess() {
    isDelivered()
    signal(SIGINT) { _ in
      // Only system calls are allowed in a signal handler.
      let note: StaticString = "\nInterrupted. Finished epochs are kept.\n"
      _ = note.withUTF8Buffer { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      _exit(130)
    }
  }

  /// From now on Ctrl-C arrives, even if the parent process has blocked the signal, which children inherit.
  static func isDelivered() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

/// Ends a worker when the process that started it is gone.
enum ParentWatch {
  private static let interval = 0.5

  /// From now on this process ends with the one that ``WorkerPool/parentVariable`` names, if any.
  static func start() {
    guard let parent = Environment[WorkerPool.parentVariable].flatMap({ Int32($0) }) else { return }
    let thread = Thread {
      while getppid() == parent { Thread.sleep(forTimeInterval: interval) }
      // As if killed: finished work is on disk already.
      _exit(Outcome.failure)
    }
    thread.name = "parent watch"
    thread.start()
  }
}
