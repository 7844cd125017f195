/// Small StableHLO programs for the tests.
enum Programs {
  /// The sum of two matrices, and the first transposed.
  static let sum = """
    func.func @main(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<3x2xf32>) {
      %0 = stablehlo.add %x, %y : tensor<2x3xf32>
      %1 = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
      return %0, %1 : tensor<2x3xf32>, tensor<3x2xf32>
    }
    """

  /// One more than `count` numbers, written over them.
  static func increment(count: Int, donating: Bool = true) -> String {
    """
    func.func @main(%x: tensor<\(count)xf32>\(donating ? " {tf.aliasing_output = 0 : i32}" : "")) -> tensor<\(count)xf32> {
      %one = stablehlo.constant dense<1.0> : tensor<\(count)xf32>
      %0 = stablehlo.add %x, %one : tensor<\(count)xf32>
      return %0 : tensor<\(count)xf32>
    }
    """
  }

  /// Adds one to a number `steps` times in a loop that can't be folded, so that it takes a while.
  static func slow(steps: Int) -> String {
    """
    func.func @main(%x: tensor<1024xf32>) -> tensor<1024xf32> {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %0:2 = stablehlo.while(%i = %zero, %v = %x) : tensor<i32>, tensor<1024xf32>
        cond {
          %n = stablehlo.constant dense<\(steps)> : tensor<i32>
          %c = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %c : tensor<i1>
        } do {
          %one = stablehlo.constant dense<1> : tensor<i32>
          %next = stablehlo.add %i, %one : tensor<i32>
          %step = stablehlo.constant dense<1.0> : tensor<1024xf32>
          %w = stablehlo.add %v, %step : tensor<1024xf32>
          stablehlo.return %next, %w : tensor<i32>, tensor<1024xf32>
        }
      return %0#1 : tensor<1024xf32>
    }
    """
  }

  /// The product of a number and `factor`: another program for each factor.
  static func scale(by factor: Int) -> String {
    """
    func.func @main(%x: tensor<f32>) -> tensor<f32> {
      %c = stablehlo.constant dense<\(factor).0> : tensor<f32>
      %0 = stablehlo.multiply %x, %c : tensor<f32>
      return %0 : tensor<f32>
    }
    """
  }

  /// The value itself.
  static func identity(_ type: String) -> String {
    "func.func @main(%x: tensor<\(type)>) -> tensor<\(type)> { return %x : tensor<\(type)> }"
  }
}
