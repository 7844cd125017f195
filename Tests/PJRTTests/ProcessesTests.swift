import Foundation
import Synchronization
import TestSupport
import Testing

@testable import PJRT

/// Clients that span processes. No plugin for the CPU has them, so a plugin in C calls the store as XLA's does, and the
/// processes are threads.
@Suite(.tags(.process), .serialized) struct ProcessesTests {
  /// A store in memory, which may fail.
  private final class Store: KeyValueStore {
    let values = Mutex<[String: [UInt8]]>([:])
    let failure: RendezvousError?

    init(failingWith failure: RendezvousError? = nil) { self.failure = failure }

    func put(_ key: String, _ value: [UInt8]) throws(RendezvousError) { values.withLock { $0[key] = value } }

    func value(of key: String) throws(RendezvousError) -> [UInt8]? {
      if let failure, key != "nobody/puts/this" { throw failure }
      return values.withLock { $0[key] }
    }
  }

  private struct Meeting: Rendezvous {
    let processCount: Int
    let processID: Int
    let store: Store
    var failure: RendezvousError?

    func join() throws(RendezvousError) -> any KeyValueStore {
      if let failure { throw failure }
      return store
    }
  }

  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc")) func clientsMeetByTheStore() async throws {
    let folder = try TemporaryFolder()
    let plugin = try Plugin.load(MeetingPlugin.build(in: folder))
    let store = Store()
    let clients = try await withThrowingTaskGroup(of: Client.self) { group in
      for id in [2, 0, 1] {
        group.addTask {
          try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(
                with: Result {
                  try Client(plugin: plugin, processes: Meeting(processCount: 3, processID: id, store: store))
                })
            }
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(clients.map(\.platformVersion) == Array(repeating: "process0 process1 process2 ", count: 3))
    #expect(clients.map(\.deviceCount) == [3, 3, 3])
    #expect(Set(clients.flatMap { $0.devices.map(\.id) }) == [100, 200, 300])
    #expect(store.values.withLock { Set($0.keys) } == ["local/0", "local/1", "local/2", "global"])
    // A program of one's own is for one's own device; one of all is for the devices of all, process by process.
    let second = try #require(clients.first { $0.devices[0].id == 200 })
    #expect(try second.assignment(for: CompileOptions()) == [200])
    #expect(try second.assignment(for: CompileOptions(replicas: 3, processes: 3)) == [100, 200, 300])
    // Not all processes, not as many devices of each, and more than they have.
    for (replicas, processes) in [(2, 2), (4, 3), (6, 3)] {
      let error = #expect(throws: EngineError.self) {
        try second.compile(Programs.sum, options: CompileOptions(replicas: replicas, processes: processes))
      }
      guard case .invalidOptions = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc")) func theStoresErrorsAreTheClients() throws {
    let folder = try TemporaryFolder()
    let plugin = try Plugin.load(MeetingPlugin.build(in: folder))
    let lost = RendezvousError.lost(processes: [1], of: 2, seconds: 5)
    func client(_ id: Int, _ store: Store, _ failure: RendezvousError? = nil) throws -> Client {
      try Client(plugin: plugin, processes: Meeting(processCount: 2, processID: id, store: store, failure: failure))
    }
    #expect(throws: EngineError.rendezvous(lost)) { try client(1, Store(failingWith: lost)) }
    let missing = RendezvousError.missing(processes: [1], of: 2, place: "/shared", seconds: 3)
    #expect(throws: EngineError.rendezvous(missing)) { try client(0, Store(), missing) }
    setenv("MEETING_TIMEOUT", "50", 1)
    defer { unsetenv("MEETING_TIMEOUT") }
    #expect(throws: EngineError.rendezvous(.timeout(key: "global", seconds: 0.05))) { try client(1, Store()) }
    #expect(throws: EngineError.rendezvous(.timeout(key: "local/1", seconds: 0.05))) { try client(0, Store()) }
  }

  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc")) func aPluginThatStaysAloneIsRefused() throws {
    let folder = try TemporaryFolder()
    let plugin = try Plugin.load(MeetingPlugin.build(in: folder))
    setenv("MEETING_ALONE", "1", 1)
    defer { unsetenv("MEETING_ALONE") }
    #expect(
      throws: EngineError.separateProcesses(platform: "meeting", answer: "1 device, of process 0 alone")
    ) {
      try Client(plugin: plugin, processes: Meeting(processCount: 2, processID: 0, store: Store()))
    }
    setenv("MEETING_ALONE", "strict", 1)
    let refusal = EngineError.separateProcesses(platform: "meeting.so", answer: "Unexpected option name: node_id")
    #expect(throws: refusal) {
      try Client(plugin: plugin, processes: Meeting(processCount: 2, processID: 0, store: Store()))
    }
    // One process is no group.
    let single = try Client(plugin: plugin, processes: Meeting(processCount: 1, processID: 0, store: Store()))
    #expect(single.deviceCount == 1)
    #expect(try single.assignment(for: CompileOptions()) == nil)
  }

  /// If this fails because the plugin has learned it: train with two processes in `MeetingTests`.
  @Test func thePluginForTheCPUSaysThatItCannot() throws {
    let plugin = try Engine.shared().client.plugin
    // The others need not be there to hear it.
    let alone = Meeting(
      processCount: 2, processID: 1, store: Store(), failure: .timeout(key: "it was waited for", seconds: 1))
    let answer = "Multiprocess computations aren't implemented on the CPU backend."
    let error = #expect(throws: EngineError.self) { try Client(plugin: plugin, processes: alone) }
    #expect(error == .separateProcesses(platform: "cpu", answer: answer))
    #expect(error?.description.contains("--devices 4") == true)
    #expect(throws: EngineError.separateProcesses(platform: "cpu", answer: answer)) {
      try Engine(devices: 2, processes: alone, programCache: nil)
    }
  }

  /// The assignment of devices, which only clients that span processes send, is read as it is meant.
  @Test func programsRunOnTheDevicesThatTheyAreAssigned() throws {
    let client = try Client(plugin: Engine.shared().client.plugin, options: ClientOptions(cpuDeviceCount: 4))
    let ids = client.devices.map(\.id)
    let options = CompileOptions(replicas: 2)
    let handle = try client.compiled(Programs.sum, options: options.serialized(with: [], on: [ids[3], ids[1]]))
    let program = try Executable(
      owning: handle, signature: ProgramSignature(parsing: Programs.sum), options: options, client: client)
    let arguments = try [3, 1].map { device in
      let values = try HostArray([Float](repeating: Float(device), count: 6), shape: [2, 3])
      return try program.parameters.map { _ in try client.buffer(values, device: device) }
    }
    let outputs = try program.execute(perDevice: arguments)
    #expect(try outputs.map { try $0[0].read().values(as: Float.self).first } == [6, 2])
    #expect(throws: EngineError.self) { try program.execute(perDevice: arguments.reversed()) }
  }
}
