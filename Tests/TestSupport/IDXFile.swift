/// The bytes of an IDX file, the format of MNIST, with one-byte elements.
/// - Parameter type: the code of the element type; 8 is for unsigned bytes.
public func idxFile(_ shape: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)]
    + shape.flatMap { extent in withUnsafeBytes(of: UInt32(extent).bigEndian) { Array($0) } } + elements
}

extension TemporaryFolder {
  /// Writes MNIST's four files, uncompressed, with images of one gray and labels that count from 0 to 9.
  public func writeMNIST(train: Int, test: Int, to name: String = "") throws {
    let prefix = name.isEmpty ? "" : name + "/"
    for (part, count) in [("train", train), ("t10k", test)] {
      let images = idxFile([count, 28, 28], [UInt8](repeating: 7, count: count * 784))
      try write(images, to: "\(prefix)\(part)-images-idx3-ubyte")
      try write(idxFile([count], (0..<count).map { UInt8($0 % 10) }), to: "\(prefix)\(part)-labels-idx1-ubyte")
    }
  }
}
