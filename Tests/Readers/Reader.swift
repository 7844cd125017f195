import Configuration
import Datasets
import PJRT
import Studies
import Training

/// What reads files or notations that others may have written, each by the door that users have: for the fuzzer, and for
/// the tests that read what it found.
public enum Reader: String, CaseIterable, Sendable {
  case csv, series, table, log, idx, npy, npz, tar, cifar, picture, safetensors, checkpoint, yaml, plan, notation,
    store, record,
    request, message

  /// Reads bytes.
  /// - Returns: whether they were accepted. Whatever they are, the process doesn't end.
  /// - Throws: ``Fault`` where they were neither accepted nor refused with an error that names itself.
  @discardableResult
  public func accepts(_ bytes: [UInt8]) throws -> Bool {
    do {
      try read(bytes)
      return true
    } catch let fault as Fault {
      throw fault
    } catch {
      guard Self.isTyped(error) else { throw Fault("the error is \(type(of: error)): \(error)") }
      // What people see of it must be made without a trap too.
      guard !"\(error)".isEmpty else { throw Fault("the error says nothing") }
      return false
    }
  }

  private func read(_ bytes: [UInt8]) throws {
    switch self {
    case .csv: try DataReaders.csv(bytes)
    case .series: try DataReaders.series(bytes)
    case .table: try TextReaders.table(bytes)
    case .log: try TextReaders.log(bytes)
    case .idx: _ = try IDX.decode(bytes, path: "input")
    case .npy: _ = try NPY.decode(bytes, path: "input")
    case .npz: try DataReaders.npz(bytes)
    case .tar: try DataReaders.tar(bytes)
    case .cifar: try DataReaders.cifar(bytes)
    case .picture: _ = try Picture.decode(bytes, channels: .rgb, path: "input")
    case .safetensors: try StateReaders.safetensors(bytes)
    case .checkpoint: try StateReaders.checkpoint(bytes)
    case .yaml: try SettingReaders.yaml(bytes)
    case .plan: try SettingReaders.plan(bytes)
    case .notation: try SettingReaders.notation(bytes)
    case .store: try StoreReader.read(bytes)
    case .record: try StateReaders.record(bytes)
    case .request: try RequestDoor.read(bytes)
    case .message: try StateReaders.message(bytes)
    }
  }

  private static func isTyped(_ error: any Error) -> Bool {
    error is DatasetError || error is ConfigurationError || error is SafetensorsError || error is CheckpointError
      || error is StoreError || error is EngineError || error is RequestDoor.Refused || error is StateReaders.NoMessage
  }
}

/// What a reader did wrong.
public struct Fault: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
