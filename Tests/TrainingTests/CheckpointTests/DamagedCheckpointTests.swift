import Files
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Checkpoints
@testable import Training

@Suite(.tags(.engine, .slow)) struct DamagedCheckpointTests {
  let scratch: TemporaryFolder
  let folder: CheckpointFolder
  let sidecar = "checkpoint-00000002.json"
  let tensors = "checkpoint-00000002.safetensors"

  init() throws {
    scratch = try TemporaryFolder()
    folder = CheckpointFolder(scratch.path)
    for epoch in 1...2 { try folder.save(.sample(epoch: epoch)) }
  }

  private func error() -> CheckpointError? {
    do throws(CheckpointError) {
      _ = try folder.latest()
      return nil
    } catch {
      return error
    }
  }

  @Test func aTruncatedTensorFileIsNamed() throws {
    let bytes = try scratch.bytes(tensors)
    try scratch.write(bytes.dropLast(3).map(\.self), to: tensors)
    #expect(
      error() == .truncated(path: scratch(tensors), expected: bytes.count, actual: bytes.count - 3))
    #expect(try folder.load(1).epoch == 1)
  }

  @Test func aFlippedBitOfTheTensorsIsNoticed() throws {
    let bytes = try scratch.bytes(tensors)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 8)
      try scratch.write(changed, to: tensors)
      #expect(
        error()
          == .damaged(
            path: scratch(tensors), expected: SHA256.hex(of: bytes), actual: SHA256.hex(of: changed)))
    }
  }

  @Test func aFlippedBitOfTheSidecarIsNoticed() throws {
    let bytes = try scratch.bytes(sidecar)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 8)
      try scratch.write(changed, to: sidecar)
      #expect(error() != nil, "byte \(index)")
    }
  }

  @Test func aTruncatedSidecarIsNoticed() throws {
    let bytes = try scratch.bytes(sidecar)
    // Without its last line's end it is whole, but not what was saved.
    for count in 0..<bytes.count {
      try scratch.write(Array(bytes.prefix(count)), to: sidecar)
      #expect(error() != nil, "\(count) bytes")
    }
  }

  @Test func anEditedNumberIsNoticed() throws {
    let text = String(decoding: try scratch.bytes(sidecar), as: UTF8.self)
    try scratch.write(Array(text.replacing("\"step\": 20", with: "\"step\": 21").utf8), to: sidecar)
    guard case .damaged(let path, _, _) = error() else {
      Issue.record("found \(String(describing: error()))")
      return
    }
    #expect(path == scratch(sidecar))
  }

  @Test func aNewerFormatIsToldFromDamage() throws {
    let text = String(decoding: try scratch.bytes(sidecar), as: UTF8.self)
    try scratch.write(Array(text.replacing("\"version\": 1", with: "\"version\": 2").utf8), to: sidecar)
    #expect(error() == .newerFormat(path: scratch(sidecar), version: 2, supported: 1))
  }

  @Test func anotherFilesNameIsNoWayOut() throws {
    let old = "checkpoint-00000001.json"
    try scratch.write(try scratch.bytes(old), to: sidecar)
    #expect(
      error()
        == .malformed(
          path: scratch(sidecar),
          reason: "it belongs to checkpoint-00000001.safetensors, not checkpoint-00000002.safetensors"))
  }

  @Test(arguments: ["", "{}", "[]", "{\"format\": \"tanren checkpoint\"}", "{\"format\": 1}", "\u{0}"])
  func whatIsNoSidecarIsMalformed(_ text: String) throws {
    try scratch.write(Array(text.utf8), to: sidecar)
    guard case .malformed(let path, _) = error() else {
      Issue.record("found \(String(describing: error()))")
      return
    }
    #expect(path == scratch(sidecar))
  }

  @Test func aMissingTensorFileIsNamed() throws {
    try FileManager.default.removeItem(atPath: scratch(tensors))
    #expect(error() == .file(FileFailure(.read, path: scratch(tensors), code: ENOENT)))
    #expect(
      throws: CheckpointError.file(FileFailure(.read, path: scratch("checkpoint-00000007.json"), code: ENOENT))
    ) {
      try folder.load(7)
    }
  }

  @Test func aPipeIsNotWaitedFor() throws {
    try FileManager.default.removeItem(atPath: scratch(tensors))
    #expect(mkfifo(scratch(tensors), 0o600) == 0)
    #expect(error() == .file(FileFailure(.read, path: scratch(tensors), code: EINVAL)))
  }
}
