import TestSupport
import Testing

@testable import Arrays

@Suite(.tags(.engine)) struct HostArrayTests {
  @Test func valuesComeBack() throws {
    let array = try HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(array.dtype == .float32 && array.count == 6 && array.bytes.count == 24)
    #expect(try array.values(as: Float.self) == [1, 2, 3, 4, 5, 6])
    #expect(throws: HostArrayError.wrongType(asked: .int32, actual: .float32)) { try array.values(as: Int32.self) }
  }

  @Test func bytesMustFillTheShape() {
    #expect(throws: HostArrayError.wrongByteCount(shape: [3], dtype: .int16, expected: 6, actual: 5)) {
      try HostArray(dtype: .int16, shape: [3], bytes: [1, 2, 3, 4, 5])
    }
    for shape in [[-1], [.max, 2]] {
      #expect(throws: HostArrayError.invalidShape(shape)) { try HostArray(dtype: .int8, shape: shape, bytes: []) }
    }
  }

  @Test func shapesReadOutOfRangeAsZero() {
    let shape: Shape = [2, 3]
    #expect(shape[-1] == 3 && shape[2] == 0 && shape[-3] == 0 && shape.last == 3)
    #expect(shape.elementCount == 6 && Shape([]).elementCount == 1)
    #expect(Shape([.max, 2]).elementCount == .max && Shape([.max, 2, 0]).elementCount == 0)
  }

  @Test func halfPrecisionAccumulatesInSingle() {
    for dtype in DType.allCases {
      #expect(dtype.accumulation == ([.float16, .bfloat16].contains(dtype) ? .float32 : dtype))
    }
  }
}
