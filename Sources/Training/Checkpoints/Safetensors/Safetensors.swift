import Files
import OrderedCollections
import PJRT

/// Named arrays in Hugging Face's safetensors format, which PyTorch, JAX, Keras and most other tools read.
///
/// A file is the length of its header (8 bytes, little-endian), the header (JSON: name, element type, shape and
/// place of each tensor), and the arrays, row-major and little-endian, without gaps. Files from anywhere can be
/// read: what contradicts itself is an error and nothing in a file is run. Arrays are copied as they lie, so the
/// machine has to be little-endian itself, as all that Swift runs on today are.
public struct Safetensors: Sendable, Equatable {
  /// By name; in a file that was read, in the order of the data.
  public var tensors: OrderedDictionary<String, HostArray>
  /// Texts that a program keeps beside the tensors: PyTorch's `format`, say.
  public var metadata: OrderedDictionary<String, String>

  public init(
    _ tensors: OrderedDictionary<String, HostArray> = [:], metadata: OrderedDictionary<String, String> = [:]
  ) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a file's contents.
  /// - Throws: ``SafetensorsError`` for everything that isn't as the format asks, and for element types that
  ///   there is no `DType` for.
  public init(bytes: [UInt8]) throws(SafetensorsError) {
    do throws(SafetensorsProblem) {
      try self.init(checking: bytes)
    } catch {
      throw SafetensorsError(error)
    }
  }

  /// Reads a file.
  /// - Throws: as ``init(bytes:)``, and if the file can't be read.
  public init(contentsOf path: String) throws(SafetensorsError) {
    let bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try POSIXDisk().contents(of: path)
    } catch {
      throw SafetensorsError(.file(error), path: path)
    }
    do throws(SafetensorsProblem) {
      try self.init(checking: bytes)
    } catch {
      throw SafetensorsError(error, path: path)
    }
  }

  private init(checking bytes: [UInt8]) throws(SafetensorsProblem) {
    let header = try SafetensorsHeader(bytes)
    (tensors, metadata) = ([:], header.metadata)
    for entry in header.entries {
      let start = header.dataStart + entry.range.lowerBound
      let part = bytes[start..<start + entry.range.count]
      // Another byte in a Swift `Bool` would be undefined behaviour.
      if entry.dtype == .bool, part.contains(where: { $0 > 1 }) { throw .notBoolean(tensor: entry.name) }
      do throws(HostArrayError) {
        tensors[entry.name] = try HostArray(dtype: entry.dtype, shape: entry.shape, bytes: Array(part))
      } catch {
        throw .malformedTensor(name: entry.name, reason: "\(error)")
      }
    }
  }

  /// A file's contents. Tensors lie as the reference writer lays them: those of larger elements first, then by
  /// name.
  /// - Throws: ``SafetensorsError`` for a tensor of the name `__metadata__` and for a header beyond 100 MB.
  public func bytes() throws(SafetensorsError) -> [UInt8] {
    let ordered = tensors.sorted { left, right in
      let ranks = (SafetensorsType.rank(left.value.dtype), SafetensorsType.rank(right.value.dtype))
      return ranks.0 == ranks.1 ? left.key.utf8.lexicographicallyPrecedes(right.key.utf8) : ranks.0 < ranks.1
    }
    var members: OrderedDictionary<String, JSONValue> = [:]
    if !metadata.isEmpty {
      members[SafetensorsHeader.metadataName] = .object(metadata.mapValues { .string($0) })
    }
    var end = 0
    for (name, array) in ordered {
      guard name != SafetensorsHeader.metadataName else { throw SafetensorsError(.reservedName(name)) }
      let start = end
      end += array.bytes.count
      members[name] = .object([
        "dtype": .string(SafetensorsType.name(array.dtype)), "shape": .array(array.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(start), .integer(end)]),
      ])
    }
    var header = Array(JSONValue.object(members).text().utf8)
    // Spaces, so that the data begins where every element type may.
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    guard header.count <= SafetensorsHeader.lengthLimit else {
      throw SafetensorsError(.headerTooLong(length: UInt64(header.count), limit: SafetensorsHeader.lengthLimit))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    bytes += header
    for (_, array) in ordered { bytes += array.bytes }
    return bytes
  }

  /// Writes a file in one go: whoever looks, also after a crash, sees the old file or the new one, whole.
  /// - Throws: as ``bytes()``, and if the file can't be written.
  public func write(to path: String) throws(SafetensorsError) {
    let bytes = try bytes()
    do throws(FileFailure) {
      let temporary = "\(path).\(UInt32.random(in: 0 ... .max)).partial"
      try POSIXDisk().publish(bytes, as: path, by: temporary)
    } catch {
      throw SafetensorsError(.file(error), path: path)
    }
  }
}
