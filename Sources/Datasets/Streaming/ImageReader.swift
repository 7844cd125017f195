import Arrays
import Formats
import Synchronization

/// Pictures that are decoded when they are needed, on all cores.
struct ImageReader: RecordReader {
  let files: [String]
  let encoding: ImageEncoding

  var count: Int { files.count }
  var dtype: DType { .uint8 }
  var shape: [Int] { encoding.shape }

  func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) throws(DatasetError) {
    for result in encoding.decode(indices.map { files[$0] }, into: output) { _ = try result.get() }
  }
}

/// Pictures to predict, decoded when they are needed. It remembers the sizes that they had.
private final class NotingImageReader: RecordReader {
  private let files: ImageReader
  private let sizes = Mutex<[Int: PictureSize]>([:])

  init(_ files: ImageReader) { self.files = files }

  var count: Int { files.count }
  var dtype: DType { files.dtype }
  var shape: [Int] { files.shape }

  func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) throws(DatasetError) {
    let results = files.encoding.decode(indices.map { files.files[$0] }, into: output)
    for (index, result) in zip(indices, results) {
      let size = try result.get()
      sizes.withLock { $0[index] = size }
    }
  }

  var notes: [String] {
    sizes.withLock { sizes in
      sizes.sorted { $0.key < $1.key }.compactMap { files.encoding.note(on: files.files[$0.key], found: $0.value) }
    }
  }
}

extension ImageEncoding {
  /// The pictures in files and folders, decoded when they are needed.
  func stream(from paths: [String]) throws(DatasetError) -> StreamedInputs {
    var files: [String] = []
    for path in paths { files += try PictureFiles(path).paths }
    let reader = NotingImageReader(ImageReader(files: files, encoding: self))
    return StreamedInputs(inputs: reader, names: files) { reader.notes }
  }
}

extension ImagesSource: StreamingSource {
  /// With `unreadable: skip` every picture is decoded once to find those that can't be.
  public func stream(from folders: DataFolders, progress: DownloadProgress?) throws -> StreamedPair {
    let list = try ImageList(path, fraction: fraction, seed: seed)
    let encoding = ImageEncoding(size: size, resize: resize, channels: resolvedChannels(list))
    let (train, trainFailures) = try streamed(list.train, list, encoding)
    let (test, testFailures) = try streamed(list.test, list, encoding)
    let change = "to \(size)x\(size) by \(resize.rawValue)"
    return StreamedPair(
      train: train, test: test, name: name,
      origin: origin(list, count: train.count + test.count, change: change, failures: trainFailures + testFailures),
      classNames: list.classNames, encoding: .images(encoding))
  }

  private func streamed(
    _ entries: [ImageList.Entry], _ list: ImageList, _ encoding: ImageEncoding
  ) throws(DatasetError) -> (data: StreamedArrays, failures: [DatasetError]) {
    var entries = entries
    var failures: [DatasetError] = []
    if unreadable == .skip {
      let found = encoding.failures(of: entries.map(\.path))
      failures = found.map(\.error)
      let skipped = Set(found.map(\.index))
      entries = entries.indices.filter { !skipped.contains($0) }.map { entries[$0] }
    }
    guard !entries.isEmpty else { throw DatasetError(.noPictures, path: path) }
    let labels = entries.map { Int32($0.label) }
    let data = try StreamedArrays(
      inputs: ImageReader(files: entries.map(\.path), encoding: encoding),
      targets: .make(.int32, [labels.count], labels.withUnsafeBytes { Array($0) }), classCount: list.classNames.count)
    return (data, failures)
  }
}

extension ImageEncoding {
  /// The pictures that can't be read, found by decoding a few at a time.
  fileprivate func failures(of files: [String]) -> [(index: Int, error: DatasetError)] {
    let share = 64
    var scratch = [UInt8](repeating: 0, count: share * recordByteCount)
    var failures: [(index: Int, error: DatasetError)] = []
    for start in stride(from: 0, to: files.count, by: share) {
      let part = Array(files[start..<min(start + share, files.count)])
      let results = scratch.withUnsafeMutableBytes { decode(part, into: $0) }
      for (index, result) in results.enumerated() {
        if case .failure(let error) = result { failures.append((start + index, error)) }
      }
    }
    return failures
  }
}
