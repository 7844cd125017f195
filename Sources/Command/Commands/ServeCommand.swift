import ArgumentParser
import Foundation
import Serve
import Synchronization
import Tanren

/// `tanren serve`: studies in a browser, while they run.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Shows a store's studies in a browser, live while they run.",
    discussion: """
      The page is for this machine only unless --host says otherwise. Nothing can be changed through it, and what \
      runs isn't slowed: the store is read once a second at most, by whoever watches. Ctrl-C ends it.

      Examples:
        tanren serve
        tanren serve out/studies.sqlite --port 0
      """)

  @OptionGroup var store: StoreArgument

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The port to listen at; 0 takes any that is free.", valueName: "n"))
  var port: UInt16 = 8765

  @Option(
    help: ArgumentHelp("The address to listen at; 0.0.0.0 lets all machines of the network read.", valueName: "address")
  )
  var host = "127.0.0.1"

  func run() throws {
    // What is no store is told before a browser is opened.
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
        try await server.run { terminal.write("The studies of \(path) are at \($0)\n") }
      } catch {
        failure.withLock { $0 = error }
      }
      ended.signal()
    }
    ended.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
