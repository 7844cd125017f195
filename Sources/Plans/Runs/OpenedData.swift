/// The data of a run: in memory, or read part by part because they take more than they may.
///
/// ```swift
/// let source = ImagesSource(path: "photos", size: 16)
/// let data = try OpenedData(source, named: "photos", memory: 1_000_000)
/// print(data.isReadInParts, data.train.count)
/// ```
public struct OpenedData: Sendable {
  /// Of data that are read part by part only the first records.
  public let pair: DatasetPair
  private let stream: (pair: StreamedPair, memory: Int)?

  /// Records of ``pair`` if data are read part by part.
  private static let sampleCount = 16

  /// Data in memory.
  public init(_ pair: DatasetPair) { self.init(pair, stream: nil) }

  private init(_ pair: DatasetPair, stream: (pair: StreamedPair, memory: Int)?) {
    (self.pair, self.stream) = (pair, stream)
  }

  /// - Parameters:
  ///   - name: what errors call the data.
  ///   - memory: the most bytes that inputs take at a time, with their copies on host and device; nil to have all data in
  ///     memory. Data that need more are read part by part, with the same results.
  /// - Throws: `DatasetError` if the data are unavailable or damaged, or a limit was given for data that can't be read part
  ///   by part.
  public init(
    _ source: any DataSource, named name: String, folders: DataFolders = DataFolders(),
    progress: DownloadProgress? = nil, memory: Int? = nil
  ) throws {
    guard let memory else {
      self.init(try source.load(from: folders, progress: progress))
      return
    }
    guard let streaming = source as? any StreamingSource else { throw DatasetError(.notInParts(what: "'\(name)'")) }
    let pair = try streaming.stream(from: folders, progress: progress)
    // In memory they are on the host and on the device.
    guard 2 * pair.byteCount > memory else {
      self.init(try pair.loaded())
      return
    }
    self.init(try pair.loaded(Self.sampleCount), stream: (pair, memory))
  }

  /// Whether the data take more memory than allowed, and so are read part by part.
  public var isReadInParts: Bool { stream != nil }
  /// The most bytes that inputs take at a time, if they are read part by part.
  public var memory: Int? { stream?.memory }
  /// Where the data came from, and how they are read, for people.
  public var description: String {
    guard let memory else { return pair.origin }
    let limit = memory < 10_000_000 ? "\(memory / 1000) kB" : "\(memory / 1_000_000) MB"
    return pair.origin + "; read in parts, within \(limit)"
  }

  /// A part of the data: inputs, which may have to be read, and targets, which are in memory.
  public struct Part: Sendable {
    public let inputs: any RecordReader
    public let targets: HostArray
    public let classCount: Int?
    public var count: Int { inputs.count }

    fileprivate init(_ data: StreamedArrays) {
      (inputs, targets, classCount) = (data.inputs, data.targets, data.classCount)
    }

    fileprivate init(_ data: LabeledArrays) {
      (inputs, targets, classCount) = (ArrayReader(data.inputs), data.targets, data.classCount)
    }
  }

  public var train: Part { stream.map { Part($0.pair.train) } ?? Part(pair.train) }
  public var test: Part { stream.map { Part($0.pair.test) } ?? Part(pair.test) }

  /// The data for training, on the device as far as they may be.
  /// - Parameter examples: training examples to use, the first ones; nil for all.
  /// - Throws: as ``ResidentPair`` does.
  public func resident(examples: Int? = nil) throws -> ResidentPair {
    guard let stream else { return try ResidentPair(pair, examples: examples) }
    return try ResidentPair(streaming: stream.pair, examples: examples, memory: stream.memory)
  }

  /// The test data, on the device as far as they may be.
  func residentTest() throws -> ResidentData {
    guard let stream else { return try ResidentData(pair.test) }
    return try ResidentData(streaming: stream.pair.test, memory: stream.memory)
  }
}
