import Tanren

/// MNIST from a folder, or random data of its shape.
struct BenchData {
  let train: LabeledArrays
  let test: LabeledArrays
  let name: String

  init(folder: String?) throws {
    if let folder {
      let pair = try MNIST.load(from: DataFolders(searched: [folder], cache: folder, allowsDownload: false))
      (train, test, name) = (pair.train, pair.test, "MNIST")
    } else {
      var generator = NumPyRandomState(seed: 0)
      train = try Self.random(60_000, &generator)
      test = try Self.random(10_000, &generator)
      name = "random"
    }
  }

  private static func random(_ count: Int, _ generator: inout NumPyRandomState) throws -> LabeledArrays {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 784)
    while bytes.count < count * 784 { withUnsafeBytes(of: generator.nextUInt64()) { bytes += $0 } }
    let labels = (0..<count).map { _ in Int32(generator.nextUInt32() % 10) }
    return try LabeledArrays(
      inputs: HostArray(dtype: .uint8, shape: [count, 28, 28], bytes: Array(bytes.prefix(count * 784))),
      targets: HostArray(labels), classCount: 10)
  }
}
