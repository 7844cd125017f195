import ArgumentParser
import Foundation
import Serve
import Synchronization
import Tanren

/// `tanren serve`: studies in a browser, live while they run.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Show studies in a browser, live while they run.",
    discussion: """
      Only this machine can open the pages unless --host allows others. The pages are read-only, and watching does \
      not slow down running studies: the store is read at most once per second. Press Ctrl-C to stop.

      Examples:
        tanren serve
        tanren serve out/studies.sqlite --port 0
      """)

  @OptionGroup var store: StoreArgument

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Port to listen on; 0 picks a free one.", valueName: "n"))
  var port: UInt16 = 8765

  @Option(
    help: ArgumentHelp("Address to listen on; 0.0.0.0 lets other machines connect.", valueName: "address")
  )
  var host = "127.0.0.1"

  func run() throws {
    Interruption.isDelivered()
    // Reports an unreadable store before anyone opens a browser.
    _ = try store.open()
    let terminal = Terminal.current()
    let path = store.path
    let server = StudyServer(source: StoreSource(path), port: port, host: host)
    if try server.isOpenToOthers() {
      Terminal.current(.standardError).write(
        "Warning: --host \(host) lets everyone who can reach this machine read these studies; there is no password.\n")
    }
    let failure = Mutex<ServeError?>(nil)
    let ended = DispatchSemaphore(value: 0)
    Task {
      do throws(ServeError) {
        try await server.run { terminal.write("Serving \(path) at \($0)\n") }
      } catch {
        failure.withLock { $0 = error }
      }
      ended.signal()
    }
    ended.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
