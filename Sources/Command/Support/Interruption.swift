import Foundation

/// Ctrl-C while training: what is finished is on disk already, so the process just says so and ends.
enum Interruption {
  /// From now on Ctrl-C ends the process with status 130.
  static func endsProcess() {
    signal(SIGINT) { _ in
      // Nothing but system calls may be made in here.
      let note: StaticString = "\nInterrupted. What was finished is in the output folder.\n"
      _ = note.withUTF8Buffer { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      _exit(130)
    }
  }
}
