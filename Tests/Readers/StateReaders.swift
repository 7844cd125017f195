import Foundation
import PJRT
import Peers
import Training

/// Readers of what trainings leave.
enum StateReaders {
  static func safetensors(_ bytes: [UInt8]) throws {
    let tensors = try Safetensors(bytes: bytes)
    // They are written in an order of their own.
    func all(_ file: Safetensors) -> [String: HostArray] {
      Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.key, $0.value) })
    }
    guard try all(Safetensors(bytes: tensors.bytes())) == all(tensors) else {
      throw Fault("what was read isn't written back")
    }
  }

  /// A checkpoint whose sidecar gets the digest that it should have.
  static func checkpoint(_ bytes: [UInt8]) throws {
    let tensors = try Safetensors([:]).bytes()
    let text = String(decoding: bytes, as: UTF8.self)
      .replacing("TENSOR_DIGEST", with: SHA256.hex(of: tensors)).replacing("TENSOR_BYTES", with: "\(tensors.count)")
    try Scratch.with { folder in
      try Scratch.write(tensors, folder + "/checkpoint-00000001.safetensors")
      try Scratch.write(Array(summedUp(text).utf8), folder + "/checkpoint-00000001.json")
      _ = try CheckpointFolder(folder).latest()
    }
  }

  /// The list of an installed engine's files, which are the library alone.
  static func record(_ bytes: [UInt8]) throws {
    guard let wheel = EngineWheel.pinned(for: .current).first else { return }
    let text = String(decoding: bytes, as: UTF8.self).replacing("LIBRARY", with: wheel.library)
    try Scratch.with { folder in
      let package = folder + "/engine/" + wheel.folder
      try FileManager.default.createDirectory(atPath: package + "/a.dist-info", withIntermediateDirectories: true)
      try Scratch.write(Array("library".utf8), package + "/" + wheel.library)
      try Scratch.write(Array(text.utf8), package + "/a.dist-info/RECORD")
      try EngineLocator(environment: ["TANREN_CACHE": folder], executableFolder: nil).check(wheel)
    }
  }

  /// What processes of one training say to each other: after a byte for the kind, the message.
  static func message(_ bytes: [UInt8]) throws {
    let content = Array(bytes.dropFirst())
    let again: [UInt8]? =
      switch bytes.first {
      case UInt8(ascii: "g"): Greeting(content)?.bytes
      case UInt8(ascii: "h"): Hello(content)?.bytes
      case UInt8(ascii: "q"): StoreRequest(content)?.bytes
      case UInt8(ascii: "a"): StoreAnswer(content)?.bytes
      default: nil
      }
    guard let again else { throw NoMessage() }
    // A refusal's reason is text for people, whose broken characters are replaced.
    guard again == content || content.first == 2 else { throw Fault("what was read isn't written back") }
  }

  /// Whoever sends such bytes is no peer, and the connection ends.
  struct NoMessage: Error, CustomStringConvertible { let description = "no message of a peer" }

  private static func summedUp(_ text: String) -> String {
    func member(_ digest: String) -> String { "\"digest\": \"\(digest)\"" }
    let blank = member(String(repeating: "0", count: 64))
    return text.replacing(blank, with: member(SHA256.hex(of: text.utf8)), maxReplacements: 1)
  }
}
