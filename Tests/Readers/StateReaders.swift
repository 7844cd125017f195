import Foundation
import PJRT
import Training

/// Readers of what trainings leave.
enum StateReaders {
  static func safetensors(_ bytes: [UInt8]) throws {
    let tensors = try Safetensors(bytes: bytes)
    // They are written in an order of their own.
    func all(_ file: Safetensors) -> [String: HostArray] { Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.key, $0.value) }) }
    guard try all(Safetensors(bytes: tensors.bytes())) == all(tensors) else { throw Fault("what was read isn't written back") }
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

  private static func summedUp(_ text: String) -> String {
    func member(_ digest: String) -> String { "\"digest\": \"\(digest)\"" }
    let blank = member(String(repeating: "0", count: 64))
    return text.replacing(blank, with: member(SHA256.hex(of: text.utf8)), maxReplacements: 1)
  }
}
