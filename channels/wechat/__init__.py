"""WeChat official accounts (公众号): what their users write to us, and customer-service messages back."""
