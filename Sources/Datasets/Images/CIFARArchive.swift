import Files
import Formats
import Foundation
import PJRT

/// CIFAR-10 or CIFAR-100 in the binary version: files of records in a folder, or an archive of them.
///
/// An archive is unpacked once into the cache, in a folder of its own for each archive.
struct CIFARArchive: Sendable {
  var name: String
  /// The folder's name in the cache.
  var slug: String
  /// Where below a search folder to look.
  var folders: [String]
  /// Whether the files' names tell what they are, so that they are looked for in a search folder itself.
  var hasTellingNames: Bool
  var train: [String]
  var test: String
  /// Archives without their suffix, the published one first.
  var archives: [String]
  var download: Download
  var records: CIFARRecords
  var classNames: [String]

  private static let suffixes = [".tar.gz", ".tgz", ".tar", ".tar.xz"]
  /// Five times the size of the published files.
  private static let unpackedLimit = 1 << 30

  func load(from places: DataFolders, progress: DownloadProgress?) throws(DatasetError) -> DatasetPair {
    let cached = places.cache + "/" + slug
    for place in places.searched.map(candidates(in:)) + [[cached, cached + "/" + folders[0]]] {
      if let folder = place.first(where: isComplete) { return try read(folder, origin: "\(name), from \(folder)") }
      if let archive = place.lazy.compactMap(archive(in:)).first {
        return try read(unpacked(archive, into: cached), origin: "\(name), from \(archive)")
      }
    }
    guard places.allowsDownload else {
      throw DatasetError(.notFound(name: name, searched: places.searched + [cached], downloadAllowed: false))
    }
    try download.fetch(into: cached, progress: progress)
    return try read(
      unpacked(cached + "/" + download.name, into: cached), origin: "\(name), downloaded to \(cached)")
  }

  private func candidates(in folder: String) -> [String] {
    let isNamed = URL(fileURLWithPath: folder).pathComponents.suffix(2).contains { $0.lowercased().contains("cifar") }
    return (hasTellingNames || isNamed ? [folder] : []) + folders.map { folder + "/" + $0 }
  }

  private func isComplete(_ folder: String) -> Bool {
    (train + [test]).allSatisfy { FileManager.default.fileExists(atPath: folder + "/" + $0) }
  }

  private func archive(in folder: String) -> String? {
    archives.flatMap { name in Self.suffixes.map { folder + "/" + name + $0 } }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The folder an archive's files lie in, after it was unpacked if that hasn't been done before.
  private func unpacked(_ archive: String, into cached: String) throws(DatasetError) -> String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: archive)
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    let place = URL(fileURLWithPath: archive).standardizedFileURL.path
    // Another archive, or a newer one in its place, has another folder.
    let folder = cached + "/unpacked/" + SHA256.hex(of: "\(place) \(size) \(date)".utf8).prefix(16)
    if isComplete(folder) { return folder }
    let tar = try Archive(Packed.read(archive, limit: Self.unpackedLimit), .tar, path: archive)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DatasetError(.unwritable(FileFailure(.makeFolder, path: folder, error)), path: folder)
    }
    for file in train + [test] { try FileBytes.write(tar.contents(of: file), to: folder + "/" + file) }
    return folder
  }

  private func read(_ folder: String, origin: String) throws(DatasetError) -> DatasetPair {
    DatasetPair(
      train: try records.read(train.map { folder + "/" + $0 }), test: try records.read([folder + "/" + test]),
      name: name, origin: origin, classNames: classNames)
  }
}
