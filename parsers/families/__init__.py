"""Publishing platforms that several sources share."""
