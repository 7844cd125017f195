#include "convolution_plan.h"

// Images [batch, space..., channels] as the interface orders axes: batch, channels, space.
static int image(dnnl_memory_desc_t *description, const TanrenConvolution *geometry, const int64_t *extents) {
  int rank = geometry->space + 2;
  dnnl_dims_t dims, strides;
  int64_t stride = 1;
  for (int axis = rank - 1; axis >= 0; axis--) {
    int place = axis == 0 ? 0 : axis == rank - 1 ? 1 : axis + 1;
    dims[place] = extents[axis];
    strides[place] = stride;
    stride *= extents[axis];
  }
  return tanren_dnnl()->dnnl_memory_desc_create_with_strides(description, rank, dims, geometry->type, strides);
}

// Kernels [space..., channels, features] as groups if there are any, features, channels, space; in their own
// layout, or in any.
static int kernel(dnnl_memory_desc_t *description, const TanrenConvolution *geometry, int type, bool is_any) {
  int space = geometry->space;
  int64_t channels = geometry->kernel[space], features = geometry->kernel[space + 1];
  dnnl_dims_t dims, strides;
  int rank = 0;
  if (geometry->groups > 1) {
    dims[0] = geometry->groups;
    strides[rank++] = features / geometry->groups;
  }
  dims[rank] = features / geometry->groups;
  strides[rank++] = 1;
  dims[rank] = channels;
  strides[rank++] = features;
  int64_t stride = channels * features;
  for (int axis = space - 1; axis >= 0; axis--) {
    dims[rank + axis] = geometry->kernel[axis];
    strides[rank + axis] = stride;
    stride *= geometry->kernel[axis];
  }
  rank += space;
  const TanrenDNNL *dnnl = tanren_dnnl();
  return is_any
    ? dnnl->dnnl_memory_desc_create_with_tag(description, rank, dims, type, dnnl_format_tag_any)
    : dnnl->dnnl_memory_desc_create_with_strides(description, rank, dims, type, strides);
}

typedef struct {
  dnnl_memory_desc_t input, any_kernel, any_gradient, own_kernel, output;
  dnnl_primitive_attr_t attributes;
  dnnl_primitive_desc_t forward;
} Descriptions;

// The operation's description, whose kernel is in the layout it is fastest with.
static int describe(dnnl_primitive_desc_t *operation, Descriptions *all, const TanrenConvolution *geometry) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  dnnl_dims_t dilation;
  // The interface counts the elements left out. A single element has no distance: with one, and strides that aren't
  // alike, oneDNN 3.2 computes a wrong input gradient in bfloat16.
  for (int axis = 0; axis < geometry->space; axis++) {
    dilation[axis] = geometry->kernel[axis] == 1 ? 0 : geometry->dilation[axis] - 1;
  }
  int status = image(&all->input, geometry, geometry->input);
  if (status == dnnl_success) status = image(&all->output, geometry, geometry->output);
  if (status == dnnl_success) status = kernel(&all->any_kernel, geometry, geometry->type, true);
  if (status == dnnl_success) status = kernel(&all->any_gradient, geometry, geometry->kernel_type, true);
  if (status == dnnl_success) status = kernel(&all->own_kernel, geometry, geometry->kernel_type, false);
  if (status != dnnl_success) return status;
  all->attributes = tanren_plan_attributes();
  status = dnnl->dnnl_convolution_forward_primitive_desc_create(
    &all->forward, dnnl->engine, dnnl_forward_training, dnnl_convolution_direct, all->input, all->any_kernel, NULL,
    all->output, geometry->strides, dilation, geometry->low, geometry->high, all->attributes);
  if (status != dnnl_success) return status;
  switch (geometry->kind) {
    case FORWARD:
      *operation = all->forward;
      all->forward = NULL;
      return dnnl_success;
    case INPUT_GRADIENT:
      return dnnl->dnnl_convolution_backward_data_primitive_desc_create(
        operation, dnnl->engine, dnnl_convolution_direct, all->input, all->any_kernel, all->output,
        geometry->strides, dilation, geometry->low, geometry->high, all->forward, all->attributes);
    case KERNEL_GRADIENT:
      return dnnl->dnnl_convolution_backward_weights_primitive_desc_create(
        operation, dnnl->engine, dnnl_convolution_direct, all->input, all->any_gradient, NULL, all->output,
        geometry->strides, dilation, geometry->low, geometry->high, all->forward, all->attributes);
  }
}

static int assemble(TanrenPlan *plan, dnnl_primitive_desc_t operation, Descriptions *all, TanrenConvolutionKind kind) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  const_dnnl_memory_desc_t best = dnnl->dnnl_primitive_desc_query_md(
    operation, kind == KERNEL_GRADIENT ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
  bool is_reordered = !dnnl->dnnl_memory_desc_equal(best, all->own_kernel);
  int input = tanren_plan_add_array(plan, all->input, 0);
  int own = tanren_plan_add_array(plan, all->own_kernel, 1);
  int output = tanren_plan_add_array(plan, all->output, 2);
  int fast = is_reordered ? tanren_plan_add_array(plan, best, -1) : own;
  int status = dnnl_success;
  if (is_reordered && kind != KERNEL_GRADIENT) {
    status = tanren_plan_add_reorder(plan, all->own_kernel, own, best, fast);
  }
  if (status == dnnl_success && is_reordered && kind == KERNEL_GRADIENT) {
    // The description doesn't outlive the operation's, so the reordering is made first and moved behind.
    status = tanren_plan_add_reorder(plan, best, fast, all->own_kernel, own);
  }
  if (status != dnnl_success) {
    dnnl->dnnl_primitive_desc_destroy(operation);
    return status;
  }
  static const int names[][3] = {
    [FORWARD] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
    [INPUT_GRADIENT] = {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
    [KERNEL_GRADIENT] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST},
  };
  status = tanren_plan_add_step(
    plan, operation, 3, (int[][2]){{names[kind][0], input}, {names[kind][1], fast}, {names[kind][2], output}});
  if (status == dnnl_success && is_reordered && kind == KERNEL_GRADIENT) {
    TanrenStep reordering = plan->steps[0];
    plan->steps[0] = plan->steps[1];
    plan->steps[1] = reordering;
  }
  return status;
}

int tanren_convolution_make(TanrenPlan *plan, const void *context) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  const TanrenConvolution *geometry = context;
  Descriptions all = {0};
  dnnl_primitive_desc_t operation = NULL;
  int status = describe(&operation, &all, geometry);
  if (status == dnnl_success) status = assemble(plan, operation, &all, geometry->kind);
  if (all.forward != NULL) dnnl->dnnl_primitive_desc_destroy(all.forward);
  if (all.attributes != NULL) dnnl->dnnl_primitive_attr_destroy(all.attributes);
  dnnl_memory_desc_t descriptions[] = {all.input, all.any_kernel, all.any_gradient, all.own_kernel, all.output};
  for (int i = 0; i < 5; i++) {
    if (descriptions[i] != NULL) dnnl->dnnl_memory_desc_destroy(descriptions[i]);
  }
  return status;
}

TanrenKey tanren_convolution_key(const TanrenConvolution *geometry) {
  TanrenKey key = {0};
  int64_t space = geometry->space, rank = space + 2;
  tanren_key_add(&key, geometry->kind);
  tanren_key_add(&key, geometry->type);
  tanren_key_add(&key, geometry->kernel_type);
  tanren_key_add(&key, rank);
  tanren_key_add_all(&key, geometry->input, rank);
  tanren_key_add_all(&key, geometry->kernel, rank);
  tanren_key_add_all(&key, geometry->output, rank);
  const int64_t *lists[] = {geometry->strides, geometry->low, geometry->high, geometry->dilation};
  for (int i = 0; i < 4; i++) tanren_key_add_all(&key, lists[i], space);
  tanren_key_add(&key, geometry->groups);
  return key;
}
