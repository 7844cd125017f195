#include "plan.h"
#include "winograd_blocks.h"
#include "winograd_lanes.h"

static int matrices(dnnl_memory_desc_t *description, int64_t rows, int64_t columns, bool is_turned, int64_t gap) {
  dnnl_dims_t extents = {POSITIONS, rows, columns};
  dnnl_dims_t strides = {rows * columns + gap, is_turned ? 1 : columns, is_turned ? rows : 1};
  return tanren_dnnl()->dnnl_memory_desc_create_with_strides(description, 3, extents, dnnl_f32, strides);
}

static int make(TanrenPlan *plan, const void *context) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  const TanrenProduct *product = context;
  int64_t inner = product->inner, outer = product->outer;
  bool is_gradient = product->is_gradient;
  dnnl_memory_desc_t all[3] = {NULL};
  int status = matrices(&all[0], is_gradient ? inner : TANREN_BLOCK, is_gradient ? TANREN_BLOCK : inner, is_gradient, TANREN_GAP);
  if (status == dnnl_success) {
    status = matrices(&all[1], is_gradient ? TANREN_BLOCK : inner, outer, false, is_gradient ? TANREN_GAP : 0);
  }
  if (status == dnnl_success) {
    status = matrices(&all[2], is_gradient ? inner : TANREN_BLOCK, outer, false, is_gradient ? 0 : TANREN_GAP);
  }
  dnnl_primitive_attr_t attributes = status == dnnl_success ? tanren_plan_attributes() : NULL;
  dnnl_post_ops_t sum = NULL;
  if (status == dnnl_success && is_gradient) {
    status = dnnl->dnnl_post_ops_create(&sum);
    if (status == dnnl_success) status = dnnl->dnnl_post_ops_append_sum(sum, 1, 0, 0);
    if (status == dnnl_success) status = dnnl->dnnl_primitive_attr_set_post_ops(attributes, sum);
  }
  dnnl_primitive_desc_t operation = NULL;
  if (status == dnnl_success) {
    status = dnnl->dnnl_matmul_primitive_desc_create(
      &operation, dnnl->engine, all[0], all[1], NULL, all[2], attributes);
  }
  int arrays[3];
  for (int i = 0; i < 3 && status == dnnl_success; i++) arrays[i] = tanren_plan_add_array(plan, all[i], i);
  if (status == dnnl_success) {
    status = tanren_plan_add_step(
      plan, operation, 3,
      (int[][2]){{DNNL_ARG_SRC, arrays[0]}, {DNNL_ARG_WEIGHTS, arrays[1]}, {DNNL_ARG_DST, arrays[2]}});
  }
  if (sum != NULL) dnnl->dnnl_post_ops_destroy(sum);
  if (attributes != NULL) dnnl->dnnl_primitive_attr_destroy(attributes);
  for (int i = 0; i < 3; i++) {
    if (all[i] != NULL) dnnl->dnnl_memory_desc_destroy(all[i]);
  }
  return status;
}

int tanren_winograd_multiply(const TanrenProduct *product, float *left, float *right, float *result) {
  TanrenKey key = {0};
  // Beside the kinds of convolution and the products of matrices.
  tanren_key_add(&key, 17 + product->is_gradient);
  tanren_key_add(&key, product->inner);
  tanren_key_add(&key, product->outer);
  void *arrays[] = {left, right, result};
  return tanren_plan_run_alone(key, make, product, arrays);
}
