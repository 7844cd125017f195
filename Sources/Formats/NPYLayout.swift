import Arrays
import Foundation

/// Where the records of an NPY file are, for reading some of them.
package struct NPYLayout: Sendable {
  package let dtype: DType
  package let shape: [Int]
  /// The first record's first byte.
  package let dataOffset: Int

  /// The shape of one record.
  package var recordShape: [Int] { Array(shape.dropFirst()) }

  /// - Throws: ``DatasetError`` if the file can't be read, isn't NPY, holds strings, is shorter than its header announces,
  ///   or has its elements in another order than this machine's memory would.
  package init(of path: String) throws(DatasetError) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw DatasetError(.unreadable(reason: "there is no such file, or it may not be read"), path: path)
    }
    let (start, size): ([UInt8], Int)
    do {
      start = [UInt8](try file.read(upToCount: 1 << 17) ?? Data())
      size = Int(try file.seekToEnd())
    } catch {
      throw DatasetError(.unreadable(reason: FileBytes.reason(of: error)), path: path)
    }
    let header = try NPYHeader(start, path: path)
    guard case .number(let dtype) = header.element else {
      throw DatasetError(.unsupported(feature: "strings in parts"), path: path)
    }
    guard !header.isFortranOrder || header.shape.count < 2,
      dtype.byteCount == 1 || header.isBigEndian == (1.bigEndian == 1)
    else {
      throw DatasetError(.unsupported(feature: "Fortran's order, or another machine's order of bytes,"), path: path)
    }
    (self.dtype, shape, dataOffset) = (dtype, header.shape, header.dataOffset)
    let (count, isTooLarge) = header.shape.reduce(into: (dtype.byteCount, false)) { product, extent in
      let (next, overflow) = product.0.multipliedReportingOverflow(by: extent)
      product = (next, product.1 || overflow)
    }
    guard !isTooLarge else { throw DatasetError(.oversizedShape(shape), path: path) }
    guard size - dataOffset >= count else {
      throw DatasetError(
        .truncated(part: "the data of shape \(shape)", expected: count, actual: size - dataOffset), path: path)
    }
  }
}
