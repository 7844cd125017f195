import Foundation
import Tanren

/// Standard output that can't be written, on a full disk say, or to a program that has ended: going on would lose what
/// is still to be said, and success would be a lie. What is finished is on disk already, so the process says so and ends.
enum LostOutput {
  /// From now on the first text that standard output doesn't take ends the process with status 1.
  static func endsProcess() {
    // A file that is opened later mustn't get the number of a stream that was closed, and with it what is written there.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // Opened the wrong way round, so that using it stays an error.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
    // A closed pipe shall be an error as any other. Programs that are started from here don't inherit a handler.
    signal(SIGPIPE) { _ in }
    Terminal.outputIsLost { end($0) }
  }

  /// Some file systems tell only in the end that there was no room.
  static func check() {
    guard close(STDOUT_FILENO) != 0, errno != EBADF else { return }
    end(errno)
  }

  private static func end(_ code: Int32) {
    let reason = code == EPIPE ? "it was closed before everything was written" : String(cString: strerror(code))
    Terminal.current(.standardError).write("Error: can't write to standard output: \(reason)\n")
    _exit(Outcome.failure)
  }
}
