import TestSupport
import Testing

@testable import Tensors

@Suite(.tags(.engine)) struct GraphTextTests {
  @Test func graphsAreLinesInOrder() {
    let x = Tensor(Placeholder(TensorType(.float32, [2])), [])
    let y = x.maximum(Tensor([1, 2] as [Float])).sum([0])
    #expect(
      y.graph == """
        %1 = placeholder(): float32[2]
        %2 = constant([1.0, 2.0]): float32[2]
        %3 = maximum(%1, %2): float32[2]
        %4 = sum(%3, axes: [0]): float32[]
        return %4
        """)
    #expect(Tensor.graph(of: [x, x]) == "%1 = placeholder(): float32[2]\nreturn %1, %1")
    #expect("\(y)" == "float32[] from sum")
    #expect(Tensor.zeros([100]).reshape(to: [3]).graph.contains("failure"))
  }

  @Test func bodiesAreIndented() {
    let sum = scan(carry: [Tensor(0)], over: [Tensor.ones([3])]) { carry, elements in
      ([carry[0] + elements[0]], [carry[0]])
    }
    let text = Tensor.graph(of: sum.carry + sum.outputs)
    #expect(text.contains(" = scan(%"))
    #expect(text.contains("\n  body(%5: float32[], %6: float32[]):\n    %7 = add(%5, %6): float32[]\n"), "\(text)")
    #expect(text.hasSuffix("\n}\nreturn %4#0, %4#1"), "\(text)")
  }

  #if os(Linux)
    @Test func linesAreRecordedOnRequest() throws {
      let (x, y) = (Tensor.ones([2]), Tensor.ones([3]))
      let (sum, product, failed, line) = TraceContext.$recordsLines.withValue(true) {
        TraceContext.$path.withValue("encoder") { (x + 1, x.maximum(2), x + y, #line) }
      }
      // Functions know the line. Operators find it in the stack, or only the function without debug information.
      #expect(product.graph.contains("// encoder, TensorsTests/GraphTextTests.swift:\(line)"))
      #expect(sum.graph.split(separator: "\n").contains { $0.contains(" = add(") && $0.contains("GraphTextTests") })
      #expect(failed.diagnostic?.location?.contains("GraphTextTests") == true)
      #expect((x + y).diagnostic?.location == nil && !(x + 1).graph.contains("//"))
    }
  #endif

  @Test func equalBodiesAreEqual() {
    func body(_ factor: Double, _ other: Tensor) -> Subgraph {
      Subgraph([TensorType(.float64, [2])]) { [$0[0] * factor + other] }
    }
    let (a, b) = (Tensor([1.0, 2]).exp(), Tensor([3.0, 4]).exp())
    #expect(body(2, a) == body(2, a) && body(2, a) == body(2, b))
    #expect(body(2, a).hashValue == body(2, b).hashValue)
    #expect(body(2, a) != body(3, a))
    #expect(body(2, a) != Subgraph([TensorType(.float64, [2])]) { [$0[0] * 2 - a] })
    #expect(body(2, a) != Subgraph([TensorType(.float32, [2])]) { [$0[0] * 2] })
    // Captured twice, and captured once each.
    let both = { (x: Tensor, y: Tensor) in Subgraph { [x + y] } }
    #expect(both(a, b) == both(b, a) && both(a, a) != both(a, b))
  }
}
