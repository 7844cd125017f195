import Arrays
import Files

/// Data couldn't be read, fetched, written or prepared.
public struct DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder, if one is at fault; `archive.npz(member)` for a member of an archive.
  public var path: String?
  public var problem: DatasetProblem
  /// The Debian package of the data, if there is one: another way to get what is missing.
  public var package: String?

  public init(_ problem: DatasetProblem, path: String? = nil, package: String? = nil) {
    self.path = path
    self.problem = problem
    self.package = package
  }

  public var description: String {
    let place = path.map { "\($0): " } ?? ""
    let installation = package.map { " On Debian and Ubuntu, 'apt install \($0)' provides it." } ?? ""
    return "\(place)\(problem.summary). \(problem.remedy)\(installation)"
  }
}

/// What is wrong with the data, where, and how to fix it.
public enum DatasetProblem: Equatable, Sendable {
  // Files
  case unreadable(reason: String)
  case unwritable(FileFailure)
  case truncated(part: String, expected: Int, actual: Int)
  case tooLong(part: String, expected: Int)
  case corruptCompression(byte: Int, reason: String)
  case wrongMagic(format: String, expected: String, actual: String)
  case malformedHeader(format: String, reason: String)
  case unsupported(feature: String)
  case wrongElementType(found: String, wanted: [DType])
  case wrongRank(found: [Int], wanted: String)
  case oversizedShape([Int])
  case missingMember(name: String, available: [String])
  case duplicateMember(name: String)
  /// A name in an archive that leads out of the folder that it is unpacked to.
  case unsafeMember(name: String)
  case partialRecord(size: Int, actual: Int)
  case malformedField(line: Int, column: Int, text: String)
  case wrongFieldCount(line: Int, expected: Int, actual: Int)
  case missingColumn(name: String, available: [String])
  case noRows
  /// What is wrong with a text file of columns, or with what its columns hold.
  case table(TableProblem)

  // Pictures
  case damagedPicture(format: String, reason: String)
  case oversizedPicture(width: Int, height: Int, limit: Int)
  case noPictures
  case singleClass(name: String)
  case unknownClass(name: String, known: [String])
  /// Pictures and folders that follow two conventions at once.
  case mixedLayouts(found: String)
  /// A file that a table of files names.
  case missingFile(line: Int, file: String)
  case beyondMemory(needed: Int, available: Int)
  /// What a limit of memory was given for, though it can't be read part by part.
  case notInParts(what: String)

  // Finding and fetching
  case notFound(name: String, searched: [String], downloadAllowed: Bool)
  case downloadFailed(address: String, reason: String)
  case checksumMismatch(expected: String, actual: String)

  // Contents
  case countMismatch(inputs: Int, targets: Int)
  case labelOutOfRange(record: Int, label: Int, classCount: Int)
  case unknownLabel(record: Int, label: String, known: [String])
  /// Images whose channels seem to come before their rows.
  case channelsFirst(shape: [Int])
  case featureMismatch(fitted: [Int], actual: [Int])
  case invalidArgument(name: String, value: String, allowed: String)
}

extension DatasetProblem {
  /// What is wrong, without a final full stop.
  public var summary: String {
    switch self {
    case .unreadable(let reason): "it can't be read: \(reason)"
    case .unwritable(let failure): "it can't be written: \(failure.reason)"
    case .truncated(let part, let expected, let actual):
      "the file is truncated: \(part) should be \(expected) bytes long, but there are \(actual)"
    case .tooLong(let part, let expected):
      "there are more bytes than the header announces: \(part) should be \(expected) bytes long"
    case .corruptCompression(let byte, let reason):
      "the compressed data are damaged at byte \(byte): \(reason)"
    case .wrongMagic(let format, let expected, let actual):
      "this isn't \(format): it should begin with \(expected), but begins with \(actual)"
    case .malformedHeader(let format, let reason): "the \(format) header is malformed: \(reason)"
    case .unsupported(let feature): "\(feature) can't be read or written here"
    case .wrongElementType(let found, let wanted):
      "the elements are \(found), but \(Self.alternatives(wanted)) \(wanted.count == 1 ? "is" : "are") wanted"
    case .wrongRank(let found, let wanted): "the shape is \(found), but \(wanted) is wanted"
    case .oversizedShape(let shape): "the shape \(shape) is impossible: it has more bytes than fit in memory"
    case .missingMember(let name, let available):
      "there is no member '\(name)' among: \(available.joined(separator: ", "))"
    case .duplicateMember(let name): "there are two members named '\(name)'"
    case .unsafeMember(let name):
      "the archive has a member named '\(name)', which would be written outside of its folder"
    case .partialRecord(let size, let actual):
      "the file is \(actual) bytes long, which isn't a whole number of records of \(size) bytes"
    case .malformedField(let line, let column, let text):
      "line \(line), column \(column): '\(text)' is not a finite number"
    case .wrongFieldCount(let line, let expected, let actual):
      "line \(line) has \(actual) columns, but \(expected) are expected"
    case .missingColumn(let name, let available):
      "there is no column \(name); the columns are \(available.joined(separator: ", "))"
    case .noRows: "there are no rows of data"
    case .damagedPicture(let format, let reason): "this \(format) picture can't be decoded: \(reason)"
    case .oversizedPicture(let width, let height, let limit):
      "the picture is \(width)x\(height) pixels large, more than the \(limit / 1_000_000) million that are read"
    case .noPictures: "there are no PNG or JPEG pictures in it"
    case .singleClass(let name): "all pictures are of one class, '\(name)'"
    case .unknownClass(let name, let known):
      "there is no class '\(name)' in the training data, which have " + Self.list(known)
    case .mixedLayouts(let found): "\(found), so it isn't clear what the classes are"
    case .missingFile(let line, let file): "line \(line) names '\(file)', but there is no such file"
    case .beyondMemory(let needed, let available):
      "the data take \(needed / 1_000_000) MB, but this machine has \(available / 1_000_000) MB of memory"
    case .notInParts(let what):
      "a limit of memory is for data that can be read part by part, such as images and npy, not for \(what)"
    case .table(let problem): problem.summary
    case .notFound(let name, let searched, _):
      "\(name) was not found in: \(searched.isEmpty ? "no folder at all" : searched.joined(separator: ", "))"
    case .downloadFailed(let address, let reason): "\(address) can't be downloaded: \(reason)"
    case .checksumMismatch(let expected, let actual):
      "the SHA-256 is \(actual), but should be \(expected)"
    case .countMismatch(let inputs, let targets):
      "there are \(inputs) inputs but \(targets) targets"
    case .labelOutOfRange(let record, let label, let classCount):
      "record \(record) has the label \(label), but labels must lie in 0..<\(classCount)"
    case .unknownLabel(let record, let label, let known):
      "record \(record) has the label '\(label)', which no training record has; there are " + Self.list(known)
    case .channelsFirst(let shape):
      "the shape \(shape) looks like images with their channels first, but models take [N, height, width, channels]"
    case .featureMismatch(let fitted, let actual):
      "the normalizer was fitted on records of shape \(fitted), but these are of shape \(actual)"
    case .invalidArgument(let name, let value, let allowed):
      "\(name) is \(value), but must be \(allowed)"
    }
  }

  /// One sentence on what to do.
  public var remedy: String {
    switch self {
    case .unreadable: "Check that the path is right and that the file may be read."
    case .unwritable(let failure): failure.remedy
    case .truncated, .tooLong, .corruptCompression, .checksumMismatch, .partialRecord:
      "Fetch the file again."
    case .wrongMagic, .malformedHeader: "Check that this is the file you meant."
    case .unsupported: "Save the data in another way, for instance with numpy.save."
    case .wrongElementType: "Convert the array before saving it, for instance with NumPy's astype."
    case .wrongRank: "Reshape the array before saving it."
    case .oversizedShape: "The header is probably damaged: fetch or save the file again."
    case .missingMember: "Check the names in the archive."
    case .duplicateMember: "Save the archive again with each name once: programs differ in which one they take."
    case .unsafeMember: "Don't trust this archive: fetch it from where it was published."
    case .table(let problem): problem.remedy
    case .malformedField, .wrongFieldCount:
      "Fix that line, or choose another separator, header or set of columns: a field that holds separators needs double "
        + "quotes, and numbers with decimal commas a separator such as ';'."
    case .missingColumn: "Choose one of these; without a header they are counted from 0."
    case .noRows: "Check the path and the comment character."
    case .damagedPicture, .oversizedPicture:
      "Replace or remove it, or set unreadable: skip to have such pictures left out and counted."
    case .noPictures: "Put the pictures of each class in a folder of its own: photos/cat/1.jpg, photos/dog/1.jpg."
    case .singleClass: "Add a folder of pictures of another class; where each picture lies tells its class."
    case .unknownClass: "Correct the name, or add training pictures of that class."
    case .mixedLayouts: "Have either train and test with folders of classes in them, or only folders of classes."
    case .missingFile: "Correct the path, which starts at the table's folder, or remove the line."
    case .beyondMemory: "Choose a smaller size or fewer records."
    case .notInParts: "Leave the limit out, or save the data as pictures or NPY files."
    case .notFound(_, _, let downloadAllowed):
      downloadAllowed
        ? "Set TANREN_DATA to the folder that holds it."
        : "Set TANREN_DATA to the folder that holds it, or allow the download."
    case .downloadFailed: "Check the network, or set TANREN_DATA to a folder that holds the files."
    case .countMismatch: "Check that the two files belong together."
    case .labelOutOfRange: "Correct that record, or give the right number of classes."
    case .unknownLabel: "Correct that record, or add training records of its class."
    case .channelsFirst:
      "Set layout: channelsFirst to have them converted, or layout: channelsLast if they are right as they are."
    case .featureMismatch: "Fit the normalizer on training data of the same shape."
    case .invalidArgument: "Give another value."
    }
  }

  /// Names in quotes, the first 20 of them.
  private static func list(_ names: [String]) -> String {
    names.prefix(20).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }

  private static func alternatives(_ types: [DType]) -> String {
    types.map(\.rawValue).joined(separator: " or ")
  }
}

extension HostArray {
  /// The array; an error with the file's path where shape and bytes don't agree.
  package static func make(
    _ dtype: DType, _ shape: [Int], _ bytes: [UInt8], path: String? = nil
  ) throws(DatasetError) -> HostArray {
    do {
      return try HostArray(dtype: dtype, shape: shape, bytes: bytes)
    } catch {
      throw DatasetError(.malformedHeader(format: "array", reason: error.description), path: path)
    }
  }
}
