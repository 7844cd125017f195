import Checkpoints
import Foundation
import OrderedCollections

/// The settings of a saved model.
protocol SavedDescription: Codable {
  var version: Int { get }
}

extension SavedDescription {
  /// JSON in bytes.
  func array() throws -> HostArray {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try HostArray([UInt8](encoder.encode(self)))
  }
}

/// Arrays that ought to be a model's.
struct SavedArrays {
  private let arrays: OrderedDictionary<String, HostArray>

  init(_ arrays: OrderedDictionary<String, HostArray>) { self.arrays = arrays }

  private func malformed(_ reason: String) -> ReservoirError { .malformedFile(path: nil, reason: reason) }

  /// - Parameters:
  ///   - kind: what the arrays ought to be, for errors.
  ///   - name: the array that has it.
  func description<Description: SavedDescription>(
    _ type: Description.Type, of kind: String, in name: String = "description"
  ) throws -> Description {
    guard let bytes = try? arrays[name]?.values(as: UInt8.self) else {
      throw malformed("there is no array '\(name)' of bytes, so this is no \(kind)")
    }
    do {
      let description = try JSONDecoder().decode(type, from: Data(bytes))
      guard description.version == 1 else { throw malformed("version \(description.version) isn't known here") }
      return description
    } catch let error as DecodingError {
      throw malformed("the network's description can't be read (\(error))")
    }
  }

  func array(_ name: String) throws(ReservoirError) -> HostArray {
    guard let array = arrays[name] else { throw malformed("the array '\(name)' is missing") }
    return array
  }

  func numbers<Number: HostScalar>(_ name: String) throws(ReservoirError) -> [Number] {
    do {
      return try array(name).values()
    } catch let error as ReservoirError {
      throw error
    } catch {
      throw malformed("the array '\(name)' can't be used: \(error)")
    }
  }

  func numbers<Number: HostScalar>(_ name: String, else fallback: [Number]) throws(ReservoirError) -> [Number] {
    arrays[name] == nil ? fallback : try numbers(name)
  }

  func check(_ name: String, _ dtype: DType, _ shape: [Int]) throws(ReservoirError) {
    let array = try array(name)
    guard array.dtype == dtype, array.shape == shape else {
      throw malformed("the array '\(name)' is \(array.dtype)\(array.shape), not \(dtype)\(shape)")
    }
  }

  static func write(_ arrays: OrderedDictionary<String, HostArray>, to path: String) throws {
    try Safetensors(arrays, metadata: ["format": "tanren reservoir"]).write(to: path)
  }

  /// The model of a file's arrays.
  /// - Throws: `SafetensorsError`; ``ReservoirError/malformedFile(path:reason:)`` with the file's path.
  static func read<Model>(
    _ path: String, _ model: (OrderedDictionary<String, HostArray>) throws -> Model
  ) throws -> Model {
    let file = try Safetensors(contentsOf: path)
    do {
      return try model(file.tensors)
    } catch ReservoirError.malformedFile(_, let reason) {
      throw ReservoirError.malformedFile(path: path, reason: reason)
    }
  }
}
