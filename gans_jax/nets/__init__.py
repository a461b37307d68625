"""Networks: Linen modules without losses and without config objects.

Every net is called `net(x, ..., train=bool)`. Generators are called
`g(z, y, train=...)` and give pictures [B, H, W, C] or points [B, D];
discriminators are called `d(x, y, train=..., update_u=True)` and give logits
[B]; y is None or one-hot labels [B, K]. `dtype` is what a net computes in;
its parameters and its outputs are float32.
"""
