import Foundation
import Synchronization

/// Compiled programs on disk, so that a program is compiled once per machine and not once per process.
///
/// Several processes may share a folder: files appear whole or not at all, and damaged ones are deleted. When the files
/// outgrow the limit, the least recently used are deleted first.
public final class ProgramCache: Sendable {
  public let folder: String
  /// The files' total size in bytes, at most.
  public let limit: Int
  /// The folder's size in bytes; `nil` until it was determined.
  private let size = Mutex<Int?>(nil)
  private static let suffix = ".program"

  /// - Parameter limit: bytes, 1 GiB by default.
  public init(folder: String = CacheFolder.programs(), limit: Int = 1 << 30) {
    self.folder = folder
    self.limit = limit
  }

  /// A name for a program compiled with these options by this client.
  public func key(_ text: String, options: CompileOptions, client: Client) -> String {
    var hash = SHA256()
    hash.update(Array("\(client.fingerprint)\n\(client.devices.count)\n".utf8))
    hash.update(options.serialized(with: client.settings) + [0])
    var text = text
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    return hash.hexDigest()
  }

  /// The program of that name; nil if it is missing. A file that is damaged or holds another program is deleted.
  public func load(_ key: String, client: Client) -> Executable? {
    let path = path(of: key)
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    do throws(EngineError) {
      let executable = try client.load(serialized: [UInt8](data), as: key)
      // The time of change is the time of last use, which eviction goes by.
      try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
      return executable
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      return nil
    }
  }

  /// Stores a program.
  /// - Throws: ``EngineError/file(path:reason:)``, or the plugin's error if it can't serialize.
  public func store(_ executable: Executable, as key: String) throws(EngineError) {
    let bytes = try executable.serialize(as: key)
    guard bytes.count <= limit else { return }
    let temporary = folder + "/\(UUID().uuidString).tmp"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: temporary))
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw .file(path: folder, reason: "a compiled program can't be kept: \(error.localizedDescription)")
    }
    guard rename(temporary, path(of: key)) == 0 else {
      let reason = String(cString: strerror(errno))
      try? FileManager.default.removeItem(atPath: temporary)
      throw .file(path: path(of: key), reason: reason)
    }
    size.withLock { size in
      let known = size.map { $0 + bytes.count } ?? entries().reduce(0) { $0 + $1.size }
      size = known > limit ? evict() : known
    }
  }

  /// The stored programs' size in bytes.
  public var byteCount: Int { entries().reduce(0) { $0 + $1.size } }
  /// How many programs are stored.
  public var count: Int { entries().count }

  /// Deletes all stored programs.
  public func removeAll() {
    size.withLock { size in
      for entry in entries() { try? FileManager.default.removeItem(atPath: entry.path) }
      size = nil
    }
  }

  private func path(of key: String) -> String { folder + "/" + key + Self.suffix }

  /// Deletes the least recently used down to nine tenths of the limit, and the remains of interrupted writes.
  /// - Returns: bytes that remain.
  private func evict() -> Int {
    for name in names() where name.hasSuffix(".tmp") {
      let path = folder + "/" + name
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      if let date = attributes?[.modificationDate] as? Date, date.timeIntervalSinceNow < -3600 {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
    var entries = entries().sorted { $0.lastUse > $1.lastUse }
    var size = entries.reduce(0) { $0 + $1.size }
    while size > limit / 10 * 9, let oldest = entries.popLast() {
      try? FileManager.default.removeItem(atPath: oldest.path)
      size -= oldest.size
    }
    return size
  }

  private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }

  private func entries() -> [(path: String, size: Int, lastUse: Date)] {
    names().filter { $0.hasSuffix(Self.suffix) }.compactMap { name in
      let path = folder + "/" + name
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
        let size = attributes[.size] as? NSNumber, let date = attributes[.modificationDate] as? Date
      else { return nil }
      return (path, size.intValue, date)
    }
  }
}
