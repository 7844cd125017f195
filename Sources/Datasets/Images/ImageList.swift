import Formats
import Foundation
import Tensors

/// The pictures of a data set, before they are read.
struct ImageList {
  struct Entry {
    let path: String
    let label: Int

    var name: Substring { path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...] }
  }

  /// In the order of the files' names, which mixes classes if the names don't tell the class: the first examples are a
  /// sample then.
  private(set) var train: [Entry] = []
  private(set) var test: [Entry] = []
  /// In the order of their bytes.
  let classNames: [String]
  /// What else is worth knowing, for people.
  private(set) var notes: [String] = []

  private static let trainName = "train"
  /// The first of them that there is.
  private static let testNames = ["test", "val", "valid", "validation"]

  /// - Parameters:
  ///   - path: a folder of folders of classes, a folder with `train` and `test`, `val` or `valid` in it, or a table.
  ///   - fraction: the share of each class that is held out where there is no test part.
  /// - Throws: ``DatasetError`` for anything but these, and for a single class.
  init(_ path: String, fraction: Double, seed: UInt32) throws(DatasetError) {
    guard try FolderEntry(path).isFolder else {
      let table = try ImageTable(path)
      classNames = try Self.checked(table.classNames, path: path)
      train = Self.sorted(table.train)
      if let test = table.test { self.test = Self.sorted(test) } else { try holdOut(fraction, seed: seed, path: path) }
      return
    }
    let entries = try FolderEntry.entries(of: path)
    let folders = entries.filter(\.isFolder)
    if let train = folders.first(where: { $0.name == Self.trainName }) {
      let tests = Self.testNames.compactMap { name in folders.first { $0.name == name } }
      let others = folders.map(\.name).filter { !([Self.trainName] + Self.testNames).contains($0) }
      if let other = others.first {
        throw DatasetError(.mixedLayouts(found: "the folder '\(other)' lies beside 'train'"), path: path)
      }
      let classes = try Self.classes(in: train.path)
      classNames = try Self.checked(classes.map(\.name), path: train.path)
      self.train = try self.entries(classes)
      guard let test = tests.first else {
        try holdOut(fraction, seed: seed, path: train.path)
        return
      }
      if tests.count > 1 { notes.append("\(tests.dropFirst().map(\.name).joined(separator: " and ")) unused") }
      let testClasses = try Self.classes(in: test.path)
      if let unknown = testClasses.first(where: { !classNames.contains($0.name) }) {
        throw DatasetError(.unknownClass(name: unknown.name, known: classNames), path: test.path)
      }
      self.test = try self.entries(testClasses)
    } else {
      if let part = folders.first(where: { Self.testNames.contains($0.name) }) {
        throw DatasetError(.mixedLayouts(found: "there is a folder '\(part.name)' but no 'train'"), path: path)
      }
      let classes = try Self.classes(in: path)
      classNames = try Self.checked(classes.map(\.name), path: path)
      train = try self.entries(classes)
      try holdOut(fraction, seed: seed, path: path)
    }
  }

  /// The pictures that a saved model is evaluated on, in ``test``: those of a part `test`, `val` or `valid` if there is
  /// one, otherwise all.
  /// - Parameters:
  ///   - classNames: the model's classes, in order.
  ///   - fraction: the share of each class to evaluate on, where there is no such part; nil for all.
  /// - Throws: ``DatasetError`` as for training data, but a single class will do; for a class that the model doesn't know.
  init(_ path: String, knowing classNames: [String], heldOut fraction: Double?, seed: UInt32) throws(DatasetError) {
    self.classNames = classNames
    var whole: [Entry]?
    if try FolderEntry(path).isFolder {
      let folders = try FolderEntry.entries(of: path).filter(\.isFolder)
      let part = (Self.testNames + [Self.trainName]).compactMap { name in folders.first { $0.name == name } }.first
      let classes = try Self.classes(in: part?.path ?? path)
      if let unknown = classes.first(where: { !classNames.contains($0.name) }) {
        throw DatasetError(.unknownClass(name: unknown.name, known: classNames), path: part?.path ?? path)
      }
      let entries = try self.entries(classes)
      if part == nil || part?.name == Self.trainName { whole = entries } else { test = entries }
    } else {
      let table = try ImageTable(path, knowing: classNames)
      if let test = table.test { self.test = Self.sorted(test) } else { whole = Self.sorted(table.train) }
    }
    guard let whole else { return }
    guard let fraction else {
      test = whole
      return
    }
    train = whole
    try holdOut(fraction, seed: seed, path: path)
  }

  private static func checked(_ names: [String], path: String) throws(DatasetError) -> [String] {
    if names.count == 1 { throw DatasetError(.singleClass(name: names[0]), path: path) }
    return names
  }

  private static func classes(in folder: String) throws(DatasetError) -> [FolderEntry] {
    let entries = try FolderEntry.entries(of: folder)
    let classes = entries.filter(\.isFolder)
    if classes.isEmpty { throw DatasetError(.noPictures, path: folder) }
    if let picture = entries.first(where: \.isPicture) {
      throw DatasetError(
        .mixedLayouts(found: "the picture '\(picture.name)' lies beside folders of pictures"), path: folder)
    }
    return classes
  }

  private mutating func entries(_ classes: [FolderEntry]) throws(DatasetError) -> [Entry] {
    var found: [Entry] = []
    var others: [String: Int] = [:]
    for folder in classes {
      let files = try PictureFiles(folder.path)
      let label = classNames.firstIndex(of: folder.name) ?? 0
      found += files.paths.map { Entry(path: $0, label: label) }
      others.merge(files.others) { $0 + $1 }
    }
    if !others.isEmpty {
      let kinds = others.keys.sorted().map { "\(others[$0] ?? 0) \($0.isEmpty ? "without ending" : "." + $0)" }
      notes.append("files that are neither PNG nor JPEG left out: \(kinds.joined(separator: ", "))")
    }
    return Self.sorted(found)
  }

  /// By the names' bytes, then by the paths'.
  private static func sorted(_ entries: [Entry]) -> [Entry] {
    entries.sorted { one, other in
      if one.name.utf8.elementsEqual(other.name.utf8) { return FolderEntry.precedes(one.path, other.path) }
      return one.name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
  }

  /// Moves a random part of each class to the test part: at least one picture, but never all of them.
  private mutating func holdOut(_ fraction: Double, seed: UInt32, path: String) throws(DatasetError) {
    var random = NumPyRandomState(seed: seed)
    var isHeldOut = [Bool](repeating: false, count: train.count)
    for label in classNames.indices {
      let members = train.indices.filter { train[$0].label == label }
      let count = min(max(1, Int((fraction * Double(members.count)).rounded())), members.count - 1)
      for place in random.permutation(members.count).prefix(max(0, count)) { isHeldOut[members[place]] = true }
    }
    test = train.indices.filter { isHeldOut[$0] }.map { train[$0] }
    train = train.indices.filter { !isHeldOut[$0] }.map { train[$0] }
    guard !test.isEmpty else {
      throw DatasetError(
        .invalidArgument(name: "the number of pictures per class", value: "1", allowed: "2 or more, to hold one out"),
        path: path)
    }
    notes.append("\(test.count) of them held out at random, class by class, with seed \(seed)")
  }
}

/// A table of files and their labels: text separated by commas, semicolons or tabs with the columns `file` and `label`, and `split` if it says
/// what a picture is for (`train`, or `test`, `val`, `valid`). Without a header there are two columns, file and label.
struct ImageTable {
  let train: [ImageList.Entry]
  /// nil if the table has no column for it.
  let test: [ImageList.Entry]?
  let classNames: [String]

  private static let names = [
    ["file", "filename", "path", "image"], ["label", "class", "category"], ["split", "part", "subset"],
  ]

  /// - Parameter known: the classes that labels must be of; nil for those of the training part.
  init(_ path: String, knowing known: [String]? = nil) throws(DatasetError) {
    let table = try CSVTable.read(path, CSVFormat(separator: .automatic, comment: nil))
    let first = table.columnNames.indices.map { table[0, $0].lowercased() }
    let places = Self.names.map { names in first.firstIndex { names.contains($0) } }
    let hasHeader = places[0] != nil && places[1] != nil
    let (file, label, split) = hasHeader ? (places[0] ?? 0, places[1] ?? 1, places[2]) : (0, 1, nil)
    guard hasHeader || first.count == 2 else {
      throw DatasetError(.wrongFieldCount(line: table.line(ofRow: 0), expected: 2, actual: first.count), path: path)
    }
    var found: [(file: String, label: String, isTest: Bool)] = []
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
    for row in (hasHeader ? 1 : 0)..<table.rowCount {
      let (name, line) = (table[row, file], table.line(ofRow: row))
      let place = name.hasPrefix("/") || folder == "." ? name : "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: place) else {
        throw DatasetError(.missingFile(line: line, file: name), path: path)
      }
      let part = split.map { table[row, $0].lowercased() } ?? "train"
      guard ["train", "test", "val", "valid", "validation"].contains(part) else {
        throw DatasetError(
          .invalidArgument(name: "the split in line \(line)", value: part, allowed: "train, test, val or valid"),
          path: path)
      }
      found.append((place, table[row, label], part != "train"))
    }
    guard !found.isEmpty else { throw DatasetError(.noPictures, path: path) }
    let classNames = known ?? Set(found.filter { !$0.isTest }.map(\.label)).sorted(by: FolderEntry.precedes)
    func entries(_ isTest: Bool) throws(DatasetError) -> [ImageList.Entry] {
      var entries: [ImageList.Entry] = []
      for row in found where row.isTest == isTest {
        guard let label = classNames.firstIndex(of: row.label) else {
          throw DatasetError(.unknownClass(name: row.label, known: classNames), path: path)
        }
        entries.append(ImageList.Entry(path: row.file, label: label))
      }
      return entries
    }
    self.classNames = classNames
    train = try entries(false)
    test = found.contains(where: \.isTest) ? try entries(true) : nil
  }
}
