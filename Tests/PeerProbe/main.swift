// Meets other processes, exchanges a value with each, and says what it sees. Tests start it, and kill it:
// PeerProbe COUNT ID PLACE [run=RUN] [arrival=SECONDS] [silence=SECONDS] [then=exchange|stay|fail]
// [plugin=FILE]
import Foundation
import Peers

func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

let words = CommandLine.arguments.dropFirst()
let settings = Dictionary(
  words.filter { $0.contains("=") }.map { word in
    let parts = word.split(separator: "=", maxSplits: 1)
    return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
  }, uniquingKeysWith: { $1 })
let plain = words.filter { !$0.contains("=") }

/// Once it has joined.
nonisolated(unsafe) var joined: Peers?

func meet() throws {
  let token = try ProcessInfo.processInfo.environment[RendezvousToken.variable].map { try RendezvousToken($0) }
  func seconds(_ name: String, _ standard: Double) -> Duration {
    .seconds(settings[name].flatMap { Double($0) } ?? standard)
  }
  let (count, id) = (Int(plain[0]) ?? 0, Int(plain[1]) ?? 0)
  let peers = try Peers(
    count: count, id: id, at: RendezvousPlace(plain[2]), run: settings["run"] ?? "run", token: token,
    patience: Peers.Patience(arrival: seconds("arrival", 20), silence: seconds("silence", 20)))
  if let plugin = settings["plugin"] {
    let client = try Client(plugin: Plugin.load(plugin), processes: peers)
    joined = peers
    say("client of \(client.platformVersion)with \(client.deviceCount) devices, here \(client.devices.map(\.id))")
  }
  let store = try peers.join()
  joined = peers
  say("joined")
  try store.put("from/\(id)", [UInt8](repeating: UInt8(id), count: 70_000))
  for other in 0..<count {
    let value = try store.value(of: "from/\(other)", within: .seconds(20))
    guard value == [UInt8](repeating: UInt8(other), count: 70_000) else { throw Unexpected() }
  }
  say("exchanged")
  switch settings["then"] {
  case "stay":
    while true {
      try peers.check()
      usleep(20_000)
    }
  case "fail": throw Unexpected()
  default: peers.leave()
  }
  say("left")
}

struct Unexpected: Error, CustomStringConvertible {
  var description: String { "something unexpected" }
}

do {
  try meet()
} catch {
  say("error: \(error)")
  joined?.leave(because: error)
  exit(1)
}
