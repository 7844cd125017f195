import Formats
import Foundation
import PJRT

/// Images and labels published as four IDX files, as MNIST and its kin are.
struct ImageArchive: Sendable {
  struct File: Sendable {
    /// Without `.gz`.
    var name: String
    /// Of the published gzip file.
    var byteCount: Int
    /// Of the published gzip file, in hexadecimal.
    var sha256: String
  }

  struct Files: Sendable {
    var trainImages, trainLabels, testImages, testLabels: File
    var all: [File] { [trainImages, trainLabels, testImages, testLabels] }
  }

  var name: String
  /// The folder's name in the cache.
  var slug: String
  /// Where below a search folder to look.
  var folders: [String]
  var mirrors: [String]
  var files: Files
  var classNames = (0..<10).map(String.init)

  func load(from places: DataFolders, progress: DownloadProgress?) throws(DatasetError) -> DatasetPair {
    let cached = places.cache + "/" + slug
    let candidates = places.searched.flatMap(candidates(in:)) + [cached]
    for folder in candidates where isComplete(folder) {
      return try read(folder, origin: "\(name), from \(folder)")
    }
    guard places.allowsDownload else {
      throw DatasetError(
        .notFound(name: name, searched: places.searched + [cached], downloadAllowed: false))
    }
    for file in files.all where path(of: file, in: cached) == nil {
      try Download(
        name: file.name + ".gz", mirrors: mirrors, byteCount: file.byteCount, sha256: file.sha256
      ).fetch(into: cached, progress: progress)
    }
    return try read(cached, origin: "\(name), downloaded to \(cached)")
  }

  /// Where a search folder may keep this data set. MNIST and Fashion-MNIST name their files alike,
  /// so a folder's name, or its parent's as in `FashionMNIST/raw`, decides which of the two lies in it.
  private func candidates(in folder: String) -> [String] {
    let isFashionFolder = URL(fileURLWithPath: folder).pathComponents.suffix(2)
      .contains { $0.lowercased().contains("fashion") }
    let direct = isFashionFolder == (slug == "fashion-mnist") ? [folder] : []
    return direct + folders.map { folder + "/" + $0 }
  }

  private func isComplete(_ folder: String) -> Bool {
    files.all.allSatisfy { path(of: $0, in: folder) != nil }
  }

  /// The file as published, or unpacked, or with the dot that some unpackers put before `idx`.
  private func path(of file: File, in folder: String) -> String? {
    let dotted = file.name.replacingOccurrences(of: "-idx", with: ".idx")
    return [file.name + ".gz", file.name, dotted + ".gz", dotted]
      .map { folder + "/" + $0 }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private func read(_ folder: String, origin: String) throws(DatasetError) -> DatasetPair {
    DatasetPair(
      train: try records(files.trainImages, files.trainLabels, in: folder),
      test: try records(files.testImages, files.testLabels, in: folder),
      name: name, origin: origin, classNames: classNames)
  }

  private func records(
    _ imageFile: File, _ labelFile: File, in folder: String
  ) throws(DatasetError) -> LabeledArrays {
    let labelPath = path(of: labelFile, in: folder) ?? folder + "/" + labelFile.name
    let images = try IDX.read(path(of: imageFile, in: folder) ?? folder + "/" + imageFile.name, rank: 3)
    let bytes = try IDX.read(labelPath, rank: 1).bytes
    let labels = bytes.map(Int32.init).withUnsafeBytes { Array($0) }
    do {
      return try LabeledArrays(
        inputs: images, targets: .make(.int32, [bytes.count], labels), classCount: classNames.count)
    } catch {
      // Labels and their number are what can be wrong here, so the label file is named.
      throw DatasetError(error.problem, path: labelPath)
    }
  }
}
