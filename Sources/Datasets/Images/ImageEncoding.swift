import Arrays
import Formats
import Foundation
import Synchronization

/// Pictures in files, resized to squares: uint8 [N, size, size, channels].
public struct ImageEncoding: Sendable, Equatable, Codable {
  /// Pixels per side.
  public let size: Int
  public let resize: PictureResize
  public let channels: Picture.Channels

  public init(size: Int, resize: PictureResize = .squash, channels: Picture.Channels = .rgb) {
    (self.size, self.resize, self.channels) = (size, resize, channels)
  }

  /// The shape of one record.
  var shape: [Int] { [size, size, channels.rawValue] }
  var recordByteCount: Int { shape.reduce(1, *) }

  /// The pictures in files and folders.
  func inputs(from paths: [String]) throws(DatasetError) -> EncodedInputs {
    var files: [String] = []
    for path in paths { files += try PictureFiles(path).paths }
    let decoded = try decoded(files)
    if let (_, error) = decoded.failures.first { throw error }
    let notes = zip(files, decoded.sizes).compactMap { file, found in found.flatMap { note(on: file, found: $0) } }
    return EncodedInputs(inputs: decoded.images, names: files, notes: notes)
  }

  /// That a picture was resized; nil if it wasn't.
  func note(on file: String, found: PictureSize) -> String? {
    found == PictureSize(width: size, height: size)
      ? nil : "\(URL(fileURLWithPath: file).lastPathComponent): resized from \(found)"
  }

  /// Decodes pictures on all cores.
  /// - Throws: ``DatasetError`` if they don't fit in memory.
  func decoded(_ files: [String]) throws(DatasetError) -> DecodedImages {
    let (needed, available) = (files.count * recordByteCount, Int(clamping: ProcessInfo.processInfo.physicalMemory))
    guard needed < available else { throw DatasetError(.beyondMemory(needed: needed, available: available)) }
    var found: [Result<PictureSize, DatasetError>] = []
    let bytes = [UInt8](unsafeUninitializedCapacity: needed) { output, initialized in
      found = decode(files, into: UnsafeMutableRawBufferPointer(output))
      initialized = needed
    }
    var failures: [(index: Int, error: DatasetError)] = []
    for (index, result) in found.enumerated() {
      if case .failure(let error) = result { failures.append((index, error)) }
    }
    return DecodedImages(
      images: try .make(.uint8, [files.count] + shape, bytes), sizes: found.map { try? $0.get() }, failures: failures)
  }

  /// Decodes pictures on all cores into memory of `recordByteCount` bytes each; a picture that can't be read leaves zeros.
  func decode(
    _ files: [String], into output: UnsafeMutableRawBufferPointer
  ) -> [Result<PictureSize, DatasetError>] {
    let length = recordByteCount
    return [Result<PictureSize, DatasetError>](unsafeUninitializedCapacity: files.count) { results, initialized in
      // Each call writes to its own part of both.
      nonisolated(unsafe) let (results, output) = (results, output)
      DispatchQueue.concurrentPerform(iterations: files.count) { index in
        let part = UnsafeMutableRawBufferPointer(rebasing: output[index * length..<(index + 1) * length])
        let result = Result { () throws(DatasetError) in
          try Picture.read(files[index], channels: channels, size: size, resize, into: part)
        }
        if case .failure = result { part.initializeMemory(as: UInt8.self, repeating: 0) }
        results.initializeElement(at: index, to: result)
      }
      initialized = files.count
    }
  }
}

/// Pictures in memory, with what became of each file.
struct DecodedImages {
  /// uint8 [N, size, size, channels]
  let images: HostArray
  /// As stored; nil for a picture that can't be read.
  let sizes: [PictureSize?]
  /// The pictures that can't be read, which are 0 in ``images``.
  let failures: [(index: Int, error: DatasetError)]
}

/// The pictures at a path: a file, or those in a folder and its folders.
struct PictureFiles {
  /// In the order of their names' bytes.
  let paths: [String]
  /// How many files of other kinds there are, by the ending of their names.
  private(set) var others: [String: Int] = [:]

  private static let depthLimit = 20

  /// - Throws: ``DatasetError`` if there are no pictures.
  init(_ path: String) throws(DatasetError) {
    guard try FolderEntry(path).isFolder else {
      paths = [path]
      return
    }
    var found: [String] = []
    try Self.collect(path, depth: 0, &found, &others)
    guard !found.isEmpty else { throw DatasetError(.noPictures, path: path) }
    paths = found
  }

  private static func collect(
    _ folder: String, depth: Int, _ found: inout [String], _ others: inout [String: Int]
  ) throws(DatasetError) {
    guard depth < depthLimit else {
      throw DatasetError(.unreadable(reason: "its folders are nested deeper than \(depthLimit) levels"), path: folder)
    }
    for entry in try FolderEntry.entries(of: folder) {
      if entry.isFolder {
        try collect(entry.path, depth: depth + 1, &found, &others)
      } else if entry.isPicture {
        found.append(entry.path)
      } else {
        others[entry.ending, default: 0] += 1
      }
    }
  }
}

/// A file or folder.
struct FolderEntry {
  let path: String
  let isFolder: Bool

  var name: String { URL(fileURLWithPath: path).lastPathComponent }
  var ending: String { URL(fileURLWithPath: path).pathExtension.lowercased() }
  var isPicture: Bool { !isFolder && Picture.endings.contains(ending) }

  /// - Throws: ``DatasetError`` if there is no such file or folder.
  init(_ path: String) throws(DatasetError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DatasetError(.unreadable(reason: "there is no such file or folder"), path: path)
    }
    (self.path, self.isFolder) = (path, isFolder.boolValue)
  }

  /// What is in a folder, in the order of the names' bytes, without what is hidden.
  static func entries(of folder: String) throws(DatasetError) -> [FolderEntry] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw DatasetError(.unreadable(reason: FileBytes.reason(of: error)), path: folder)
    }
    var entries: [FolderEntry] = []
    for name in names.filter({ !$0.hasPrefix(".") }).sorted(by: precedes) {
      entries.append(try FolderEntry(folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"))
    }
    return entries
  }

  /// By bytes: Swift's own order depends on what characters mean.
  static func precedes(_ one: String, _ other: String) -> Bool {
    one.utf8.lexicographicallyPrecedes(other.utf8)
  }
}
